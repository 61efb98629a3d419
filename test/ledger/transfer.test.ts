import {spawnSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {asEnvironment, type Environment} from '../../src/environment/model.ts'
import {Failure, Refusal} from '../../src/error.ts'
import {environmentsOf} from '../../src/ledger/environment.ts'
import {putSchedule} from '../../src/ledger/schedule.ts'
import {putDestination, putTransfer, type TransferRow, transferOf} from '../../src/ledger/transfer.ts'
import type {Action, Answer, Machine} from '../../src/machine/model.ts'
import {program} from '../../src/render/render.ts'
import type {At} from '../../src/runbook/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import {archiveMade} from '../../src/transfer/archive.ts'
import {scheduleOf, secretsOf} from '../../src/transfer/model.ts'
import {arrived} from '../../src/transfer/send.ts'
import {transfersGone} from '../../src/transfer/steps.ts'
import {hostJobs} from '../support/host-jobs.ts'
import {standing} from '../support/tenant-trials.ts'
import {tenantWorld} from '../support/tenant-world.ts'

t.setTimeout(60_000)
const run = 'sched/backup-transfer-eaaaaaa/2026-11-01T02:30:00Z'
const at = {run, fence: (lock: string) => ({lock, run, epoch: 1}), tell: () => {}} as unknown as At
const environment = {
  ...{id: 'eaaaaaa', tenant: 'acme', name: 'production', ports: {database: 20_000}},
  placed: [{role: 'database', host: 'north-1', reason: ''}],
} as unknown as Environment

async function standingProduction(t: Test) {
  const world = await tenantWorld(t)
  await standing(world)
  const all = (await environmentsOf(world.ledger, 'acme')).map(asEnvironment)
  return {...world, production: all.find(({name}) => name === 'production') as Environment}
}

/** A machine whose programs are this machine's own, in a folder; the dump is what a command says. */
function packing(folder: string, dumped: () => readonly string[]): Machine {
  const jobs = hostJobs()
  const ours = (argument: string) => argument.replace(/^(?=\/var\/lib\/selfhelp)/, folder)
  const run = (argv: readonly string[], input = ''): Answer => {
    const to = argv.indexOf('runuser')
    const [command = '', ...rest] = (to < 0 ? argv : [...argv.slice(0, to), ...dumped()]).map(ours)
    const {status, stdout, stderr} = spawnSync(command, rest, {input, encoding: 'utf8'})
    return {exit: status ?? 1, out: stdout, err: stderr}
  }
  const act = (action: Action): Answer =>
    jobs.act(action, argv => run(argv, (action.input as Secret | undefined)?.expose())) ?? run(action.args)
  const never = () => Promise.reject(new Error('nothing is planned'))
  return {
    ...{host: 'north-1', roundTrips: 0, plan: never, apply: never},
    ask: async questions => questions.map(question => jobs.ask(question) ?? run(question.args)),
    act: async (_, actions) => actions.map(act),
  }
}

t.test('a copy is packed once for each run, and taken from the host with all that attempts left', async t => {
  const {production, ...world} = await standingProduction(t)
  const folder = t.testdir()
  const there = join(folder, '/var/lib/selfhelp/transfer')
  mkdirSync(there, {recursive: true})
  let dumped: readonly string[] = ['sh', '-c', 'echo half; kill -KILL $$']
  const machine = packing(folder, () => dumped)
  const platform = {...world.platform, machine: async () => machine}
  const made = archiveMade(platform, async () => production)
  const undo = async () => made.undo.kind === 'by' && (await made.undo.undo(at))
  await undo()
  await t.rejects(made.make(at), {code: 'action-failed', message: /was not made whole/})
  t.strictSame(readdirSync(there), [], 'a short one is none')

  dumped = ['echo', 'everything']
  await made.make(at)
  t.equal(await made.holds(at), true)
  const [file = ''] = readdirSync(there)
  t.equal(file, `${production.id}-schedbackuptransfereaaaaaa20261101T023000Z.dump.enc`)
  const row = await transferOf(world.ledger, run)
  t.match(row?.file, /^acme-production-\d{4}-\d\d-\d\d-23000Z\.dump\.enc$/)
  const others = [file.replace(production.id, 'e222222'), file.replace('20261101', '20261201')].toSorted()
  for (const name of [...others, `${file}.part`, `${file}.whole`]) writeFileSync(join(there, name), '')
  await undo()
  t.strictSame(readdirSync(there).toSorted(), others)
})

t.test('a customer is told once that a copy does not arrive: at once when refused, else after an hour', async t => {
  const {platform, ledger, production} = await standingProduction(t)
  const place = {protocol: 'sftp', host: 'sftp.acme.test', port: 22, account: 'cmc', folder: '/in'} as const
  const row = {environment: production.id, ...place, withKey: false, changedAt: platform.clock.now()}
  await putDestination(ledger, {...row, trust: 'key', plainAcceptedBy: undefined})
  await platform.secrets.put(secretsOf(production.id).access, new Secret('word'))
  const trying = async (id: string, minutes: number, thrown: Error) => {
    const madeAt = platform.clock.now().subtract({minutes})
    const copy = {run: id, environment: production.id, file: `${id}.enc`, bytes: 1, sha256: '', madeAt}
    await putTransfer(ledger, {...copy, arrivedAt: undefined, arrivedAtPlace: undefined})
    const fact = arrived(
      platform,
      async () => production,
      () => Promise.reject(thrown),
    )
    await t.rejects(fact.make({...at, run: id}), thrown)
    return ledger.all<{subject: string; body: string}>`
      select subject, body from delivery join notice n on n.id = delivery.notice
      where n.event = ${`transfer-failed/${id}`} order by contact`
  }
  const away = new Failure('transfer-failed', 'does not answer')
  t.strictSame(await trying('r1', 1, away), [], 'most are back within the hour')
  const mails = await trying('r1', 61, away)
  t.match(mails[0]?.body, /sftp:\/\/cmc@sftp\.acme\.test\/in\n.*\n.*does not answer/)
  t.equal((await trying('r1', 90, away)).length, mails.length, 'once for each run')
  const [refused] = await trying('r2', 1, new Refusal('transfer-refused', 'another key'))
  t.match(refused, {subject: /copi?e? of|copie de/, body: /another key/})
  const ours = new Failure('host-unreachable', 'north-1 does not answer')
  t.strictSame(await trying('r3', 90, ours), [], 'what fails at ours is not said to be theirs')
  const gone = new Refusal('transfer-unfit', 'has no destination any more')
  t.strictSame(await trying('r4', 90, gone), [], 'what we took away neither')
})

t.test('a copy that waited for more than a week is made anew before it is sent', async t => {
  const {production, ...world} = await standingProduction(t)
  const folder = t.testdir()
  mkdirSync(join(folder, '/var/lib/selfhelp/transfer'), {recursive: true})
  let dumped: readonly string[] = ['echo', 'of last month']
  const platform = {...world.platform, machine: async () => packing(folder, () => dumped)}
  const which = async () => production
  await archiveMade(platform, which).make(at)
  const made = (await transferOf(world.ledger, run)) as TransferRow
  const sentWhen = async (days: number) => {
    await putTransfer(world.ledger, {...made, madeAt: platform.clock.now().subtract({hours: days * 24})})
    const fact = arrived(platform, which, () => Promise.reject(new Failure('transfer-failed', 'does not answer')))
    await t.rejects(fact.make(at), Failure)
    return transferOf(world.ledger, run)
  }
  await putDestination(world.ledger, {
    ...{environment: production.id, protocol: 'sftp', host: 'sftp.acme.test', port: 22, account: 'cmc', folder: '/in'},
    ...{trust: 'key', plainAcceptedBy: undefined, withKey: false, changedAt: platform.clock.now()},
  })
  await platform.secrets.put(secretsOf(production.id).access, new Secret('word'))
  dumped = ['echo', 'of today']
  t.equal((await sentWhen(6))?.sha256, made.sha256)
  const anew = await sentWhen(8)
  t.not(anew?.sha256, made.sha256)
  t.ok(anew && platform.clock.now().since(anew.madeAt).total('hours') < 1)
})

t.test('a copy that is not made whole leaves nothing', async t => {
  const file = join(t.testdir(), 'transfer', 'acme.dump.enc')
  const pack = (...command: string[]) => {
    const argv = ['-c', program('dump-pack.sh'), 'pack', file, '1000', ...command]
    return spawnSync('sh', argv, {input: 'key\n', encoding: 'utf8'})
  }
  t.not(pack('sh', '-c', 'echo half; exit 1').status, 0)
  t.not(pack('sh', '-c', 'echo half; kill -KILL $$').status, 0, 'the command is killed')
  t.not(pack('sh', '-c', 'echo half; kill -KILL $PPID').status, 0, 'the shell that waits for it is killed')
  t.strictSame(readdirSync(join(file, '..')), [])
  t.match(pack('echo', 'everything'), {status: 0, stdout: /^[0-9a-f]{64} .*\n\d+\n$/})
  t.strictSame(readdirSync(join(file, '..')), ['acme.dump.enc'])
  t.notMatch(readFileSync(file, 'latin1'), /everything/)
})

t.test('copies of a tenant that goes are gone when neither a schedule nor a key is left', async t => {
  const {platform} = await tenantWorld(t)
  const gone = transfersGone(platform, async () => [environment])
  t.equal(await gone.holds(at), true)
  for (const name of Object.values(secretsOf(environment.id))) {
    await platform.secrets.put(name, new Secret('word'))
    t.equal(await gone.holds(at), false, name)
    await gone.make(at)
    t.equal(await gone.holds(at), true)
  }
  const job = {recurrence: '0 2 1 * *', zone: 'Europe/Paris', runbook: 'backup-transfer', input: {}, catchUp: true}
  await putSchedule(platform.ledger, {...job, name: scheduleOf(environment)})
  t.equal(await gone.holds(at), false)
  await gone.make(at)
  t.equal(await gone.holds(at), true)
})
