import {readFileSync, writeFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import t, {type Test} from 'tap'
import {lockFile} from '../../src/ledger/file-lock.ts'
import {openLedger} from '../../src/ledger/open.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {postmasterOf} from '../../src/ledger/private.ts'
import {bundled} from '../support/bundled.ts'
import {type Centre, centre} from '../support/centre.ts'
import {visited} from '../support/customer.ts'
import {isRunning, leftovers, tracesOf} from '../support/evidence.ts'
import {going, reached} from '../support/going.ts'
import {asRoot, whyNoLab} from '../support/lab.ts'
import {adopted, application, contractFile, must} from '../support/prepared.ts'
import {supersededAsleep} from '../support/superseded.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const gigabyte = 1024 ** 3

interface Fault {
  readonly tenant: string
  readonly what: string
  /** The step it happens in. */
  readonly during: string
  happen(cmc: Centre): Promise<void>
}

const lab = async (cmc: Centre, verb: string, host = 'north-1') => must(cmc, 'lab', verb, host, '--lab', cmc.lab)

/** What happens to its host, and some time after is over. */
const passing = (verb: string, milliseconds: number, back: string) => async (cmc: Centre) => {
  await lab(cmc, verb)
  await sleep(milliseconds)
  await lab(cmc, back)
}

const building = 'databases-run-and-release-is-unpacked'

const faults: readonly Fault[] = [
  {tenant: 'cut', what: 'its host is cut off and healed', during: building, happen: passing('cut', 4000, 'heal')},
  {
    tenant: 'killed',
    what: 'its host loses power and starts again',
    during: building,
    happen: passing('kill', 1000, 'start'),
  },
  {
    tenant: 'full',
    what: 'the disk of its host is full, and then is not',
    during: 'certificates-are-issued',
    happen: passing('fill', 4000, 'unfill'),
  },
  {
    tenant: 'forgetful',
    what: "the ledger's PostgreSQL is away for ten seconds",
    during: building,
    happen: async ({home}) => {
      const place = placeOf(home, {})
      await using _ = await lockFile(place.lock)
      process.kill(postmasterOf(place) ?? 0, 'SIGINT')
      await sleep(10_000)
    },
  },
]

t.test('tenants are created whatever happens meanwhile', {skip: why ?? false, timeout: 840_000}, async t => {
  const cmc = await centre(t, '-fault', {sites: [{name: 'north', count: 3}], disk: 4 * gigabyte})
  await must(cmc, 'init', '--operator', 'jane@cmc.test')
  // What the base image has already, apt shall install before our eyes.
  const purge = ['apt-get', '--yes', '--quiet', 'purge', 'haproxy', 'postgresql-15']
  t.ok((await asRoot(cmc.lab, 'north-1', purge)).ok)
  await adopted(cmc, {'north-1': application, 'north-2': application, 'north-3': application})

  await t.test('a host loses power while its packages are being installed', async t => {
    const applying = cmc.type('host', 'apply', '--all')
    let over = false
    void applying.then(() => {
      over = true
    })
    while (!over && !(await isRunning(cmc.lab, 'north-1', /dpkg.*\0--unpack\0/))) await sleep(10)
    t.notOk(over, 'dpkg was seen at work')
    await lab(cmc, 'kill')
    await sleep(500)
    await lab(cmc, 'start')
    const {exit, err} = await applying
    t.comment(`it ended with ${exit}`)
    if (exit !== 0) {
      t.equal(exit, 5)
      t.match(await cmc.type('host', 'apply', '--only', 'failed'), {exit: 0}, err)
    }
    t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
  })

  await must(cmc, 'release', 'build')
  const createWords = (tenant: string, host: string) => {
    const file = contractFile(`${cmc.home}/..`, tenant, 'sites: {primary: north}')
    const placed = application.flatMap(role => ['--host', `${role}=${host}`])
    return ['tenant', 'create', tenant, '--contract', file, ...placed]
  }
  const create = (tenant: string, host: string) => cmc.type(...createWords(tenant, host))
  t.match(await create('neighbour', 'north-2'), {exit: 0})
  await must(cmc, 'tenant', 'hand-over', 'neighbour', '--by', 'jdoe')
  const neighbour = await watched(cmc)
  t.teardown(neighbour.stop)
  const ledger = await openLedger({home: cmc.home, env: {}})
  t.teardown(() => ledger.close())

  // Longer than a step has patience; the others go on meanwhile.
  const lost = create('lost', 'north-3')
  await reached(ledger, {tenant: 'lost', during: 'schemas-are-at-level', ended: lost})
  await lab(cmc, 'cut', 'north-3')

  await t.test('an operator loses patience while the host is cut off, and goes on later', async t => {
    const {ended, interrupt} = going(cmc, createWords('impatient', 'north-1'))
    await reached(ledger, {tenant: 'impatient', during: building, ended})
    await lab(cmc, 'cut')
    await interrupt()
    await interrupt()
    const {exit, err} = await ended
    t.equal(exit, 130)
    const run = /selfhelp run resume (\S+)/.exec(err)?.[1] ?? ''
    t.ok(run, 'it says what to type')
    t.match(await cmc.json('run', 'show', run), {answer: {state: 'stopped', remedies: [/run resume/]}})
    const words = createWords('impatient', 'north-1')
    const file = words[4] ?? ''
    writeFileSync(file, readFileSync(file, 'utf8').replace('IMPATIENT SA', 'Impatient SA'))
    t.match(
      await cmc.json(...words),
      {exit: 3, answer: {error: {code: 'run-unfinished', runId: run}}},
      'with another contract nothing goes on',
    )
    await lab(cmc, 'heal')
    t.match(await cmc.type('run', 'resume', run), {exit: 0})
    await standsAsItShould(t, cmc, 'impatient')
  })

  await t.test('or gives the tenant up: nothing is left of it', async t => {
    const {ended, interrupt} = going(cmc, createWords('unwanted', 'north-1'))
    await reached(ledger, {tenant: 'unwanted', during: 'edge-serves-names', ended})
    await interrupt()
    const {exit, err} = await ended
    t.equal(exit, 130)
    const id = (await environmentOf(cmc, 'unwanted')).id
    t.not((await tracesOf(cmc.lab, 'north-1', id)).length, 0)
    t.match(await cmc.type('run', 'abandon', /selfhelp run abandon (\S+)/.exec(err)?.[1] ?? ''), {exit: 0})
    t.match(await cmc.json('tenant', 'show', 'unwanted'), {exit: 3, answer: {error: {code: 'not-found'}}})
    t.same(await tracesOf(cmc.lab, 'north-1', id), [])
    t.match(await cmc.type('host', 'drift', 'north-1'), {exit: 0})
  })

  await t.test('an executor that slept while somebody took over changes nothing when it wakes', async t => {
    const words = [...createWords('sleepy', 'north-1'), '--reason', 'to see it sleep']
    await supersededAsleep(t, cmc, {ledger, tenant: 'sleepy', host: 'north-1', words, during: building})
    await standsAsItShould(t, cmc, 'sleepy')
  })

  for (const {tenant, what, during, happen} of faults)
    await t.test(`${what} during ${during}`, async t => {
      const creating = create(tenant, 'north-1')
      await reached(ledger, {tenant, during, ended: creating})
      await happen(cmc)
      const ended = await creating
      t.comment(`it ended with ${ended.exit}`)
      if (ended.exit !== 0) {
        t.match(ended, {exit: 4, err: /selfhelp run resume/}, 'it stopped, and says what to type')
        t.match(await create(tenant, 'north-1'), {exit: 0}, 'typed again it ends well')
      }
      await standsAsItShould(t, cmc, tenant)
    })

  await t.test('a run whose host was away for too long has stopped, and is resumed', async t => {
    const {exit, err} = await lost
    t.equal(exit, 4)
    const run = /selfhelp run resume (\S+)/.exec(err)?.[1] ?? ''
    t.match(err, /north-3/, 'it names the host')
    await stoppedIsTold(t, cmc, run)
    await lab(cmc, 'heal', 'north-3')
    const {parts} = await bundled(cmc, run, 'healed')
    t.match(parts['host-north-3.log'], /^1 0 \S+/m, 'what was done there is told when it is back')
    t.match(await cmc.type('run', 'resume', run), {exit: 0})
    await standsAsItShould(t, cmc, 'lost')
  })

  await t.test('nothing is left over, and the neighbour never noticed', async t => {
    t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
    t.same(await leftovers(cmc.lab, ['north-1', 'north-2', 'north-3']), [])
    t.match(await cmc.json('run', 'list', '--unfinished'), {answer: {items: []}}, 'no run is unfinished')
    const {answers, errors} = neighbour.stop()
    t.ok(answers > 50)
    t.same(errors, [])
  })
})

/** What the makers get of a run that waits for the outside, while its host is still away. */
async function stoppedIsTold(t: Test, cmc: Centre, run: string): Promise<void> {
  const {parts, secrets} = await bundled(cmc, run, 'away')
  const read = (name: string) => JSON.parse(parts[name] ?? 'null')
  const failed = {name: 'schemas-are-at-level', state: 'failed', trouble: {code: 'host-unreachable'}}
  const {steps, ...shown} = read('run.json')
  t.match(shown, {state: 'stopped', stopped: {exit: 4, step: failed.name}, heldLocks: [], remedies: [/run resume/]})
  t.match(
    steps.find(({name}: {name: string}) => name === failed.name),
    failed,
  )
  t.match(read('plan.json'), {title: /lost/, input: {contract: {tenant: 'lost'}}, steps: steps.map(() => /./)})
  t.match(read('versions.json'), {selfhelp: /\d/, node: /^v24/, postgresql: /PostgreSQL/})
  const journal = (parts['journal.jsonl'] ?? '').trim().split('\n')
  t.match(JSON.parse(journal[0] ?? '{}'), {kind: 'run', result: 'queued', tenant: 'lost'})
  t.match(JSON.parse(journal.at(-1) ?? '{}'), {kind: 'run', result: 'stopped', body: {stopped: {exit: 4}}})
  t.match(parts['host-north-3.log'], /north-3 could not be asked: /)
  t.ok(read('attempts.json').length > 0 && parts['postgres.log'])
  t.same(secrets, [], 'no secret stands in it')
}

async function standsAsItShould(t: Test, cmc: Centre, tenant: string): Promise<void> {
  t.match(await cmc.type('environment', 'drift', `${tenant}/production`), {exit: 0}, 'nothing is left to do')
  t.match(await visited(await environmentOf(cmc, tenant)), {status: 503, body: /<html/}, 'its page says: not yet open')
  t.match(await cmc.json('tenant', 'show', tenant), {exit: 0, answer: {environments: [{phase: 'installation'}]}})
}

interface Shown {
  readonly id: string
  readonly url: string
  readonly address: string
  readonly caFile: string
}

async function environmentOf(cmc: Centre, tenant: string): Promise<Shown> {
  const {answer} = await cmc.json('tenant', 'show', tenant)
  return answer.environments[0]
}

/** A reader of the neighbour's page who never stops asking. */
async function watched(cmc: Centre) {
  const environment = await environmentOf(cmc, 'neighbour')
  const seen = {answers: 0, errors: [] as string[]}
  const ask = async () => {
    const {status, body} = await visited(environment).catch((error: Error) => ({status: 0, body: error.message}))
    seen.answers++
    if (status !== 200) seen.errors.push(`${new Date().toISOString()} ${status} ${body.slice(0, 100)}`)
  }
  const timer = setInterval(() => void ask(), 300)
  return {
    stop: () => {
      clearInterval(timer)
      return seen
    },
  }
}
