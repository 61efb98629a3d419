import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {type Centre, centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'
import {seed as everySeed} from '../support/seed.ts'
import {contractOf, hostFacts, onHost, readyForTenants} from '../support/tenant-hosts.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const seed = Number(everySeed) || 1
const steps = 9

t.test('a tenant whose creation is killed once in every step is as one that was not', {skip: why ?? false}, async t => {
  t.comment(`SELFHELP_SEED=${seed}`)
  const cmc = await centre(t, '-tkill', [
    {name: 'north', count: 2},
    {name: 'south', count: 1},
  ])
  await readyForTenants(t, cmc)
  const calm = [
    'tenant',
    'create',
    'undisturbed',
    '--contract',
    contractOf(cmc, 'undisturbed'),
    '--host',
    'database=north-1',
  ]
  t.equal((await cmc.type(...calm)).exit, 0)

  const hard = ['tenant', 'create', 'crashed', '--contract', contractOf(cmc, 'crashed'), '--host', 'database=north-2']
  const random = randomFrom(seed)
  for (let position = 1; position <= steps; position++) {
    // Databases, schema and services take seconds; the others would be over.
    const milliseconds = Math.floor(random() ** 2 * (position >= 3 && position <= 5 ? 1500 : 200))
    t.comment(
      `killed ${milliseconds} ms after step ${position} began: ${await killedIn(cmc, hard, {position, milliseconds})}`,
    )
  }
  const last = await cmc.json(...hard)
  t.equal(last.exit, 0, JSON.stringify(last.answer))
  t.match(await cmc.json(...hard), {exit: 0, answer: {changed: false}}, 'typed again it changes nothing')
  t.equal((await cmc.type('environment', 'drift')).exit, 0, 'environments are as wanted')
  t.equal((await cmc.type('host', 'drift', '--all')).exit, 0, 'hosts are as wanted')
  t.same(await factsOf(cmc, 'crashed', 'north-2'), await factsOf(cmc, 'undisturbed', 'north-1'))
  t.same(
    await effects(cmc, 'crashed', 'north-2'),
    await effects(cmc, 'undisturbed', 'north-1'),
    'each effect happened once',
  )
})

/** Types it, and kills the whole process some time after that step began; says whether it had ended before. */
async function killedIn(
  cmc: Centre,
  words: readonly string[],
  at: {position: number; milliseconds: number},
): Promise<string> {
  const env = {PATH: process.env.PATH, SELFHELP_HOME: cmc.home}
  const child = spawn(join(packageRoot(), 'bin/selfhelp'), words, {env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe']})
  const ended = new Promise<string>(resolve => child.once('exit', (_, signal) => resolve(signal ?? 'it had ended')))
  let said = ''
  await new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    // Read to the end: a program whose stderr is closed dies of that, and not of us.
    child.stderr.on('data', data => {
      said += data
      // What an earlier process had recorded is not told again: the run may be further than asked for.
      const begun = [...said.matchAll(/^(\d+)\/\d+ /gm)].map(([, position]) => Number(position))
      if (begun.some(position => position >= at.position)) resolve()
    })
  })
  await sleep(at.milliseconds)
  child.kill('SIGKILL')
  return ended
}

/** The same numbers for the same seed. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function environmentOf(cmc: Centre, tenant: string): Promise<{id: string}> {
  return (await cmc.json('tenant', 'show', tenant)).answer.environments[0]
}

async function factsOf(cmc: Centre, tenant: string, host: string): Promise<readonly string[]> {
  const {id} = await environmentOf(cmc, tenant)
  const {address} = await cmc.host(host)
  const names = {[id]: 'ENVIRONMENT', [tenant]: 'TENANT', [host]: 'HOST', [address]: 'ADDRESS'}
  // Rules name the other hosts, so two hosts have different ones, and each edge seals tickets with keys of its own; that they are
  // as wanted, the drift has said.
  const own = /^(\t|table|}|$|\/etc\/haproxy\/selfhelp\/ticket-keys )/
  return (await hostFacts(cmc, host, names)).filter(line => !own.test(line))
}

/** What could have happened twice: schema levels, accounts, cluster made, services started. */
async function effects(cmc: Centre, tenant: string, host: string): Promise<readonly string[]> {
  const {id} = await environmentOf(cmc, tenant)
  const count = 'select count(*) from operation.schema_level union all select count(*) from content.account'
  const port = `$(pg_lsclusters -h | awk '$2 == "${id}" {print $3}')`
  const script = [
    `runuser -u postgres -- psql -XqAt -p ${port} -d selfhelp -c '${count}'`,
    `systemctl show -p NRestarts --value ${id}-presentation ${id}-edition`,
  ].join('; ')
  return (await onHost(cmc, host, 'sh', '-c', script)).out.split('\n')
}
