import {spawnSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {program} from '../../src/backup/steps.ts'
import type {Environment} from '../../src/environment/model.ts'
import {putSchedule} from '../../src/ledger/schedule.ts'
import type {Action, Answer, Machine} from '../../src/machine/model.ts'
import type {At} from '../../src/runbook/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import {archiveMade} from '../../src/transfer/archive.ts'
import {scheduleOf, secretsOf} from '../../src/transfer/model.ts'
import {transfersGone} from '../../src/transfer/steps.ts'
import {tenantWorld} from '../support/tenant-world.ts'

t.setTimeout(60_000)
const run = 'sched/backup-transfer-eaaaaaa/2026-11-01T02:30:00Z'
const at = {run, fence: (lock: string) => ({lock, run, epoch: 1}), tell: () => {}} as unknown as At
const environment = {
  ...{id: 'eaaaaaa', tenant: 'acme', name: 'production', ports: {database: 20_000}},
  placed: [{role: 'database', host: 'north-1', reason: ''}],
} as unknown as Environment

/** A machine whose programs are this machine's own, in a folder; it cuts the answer to what was packed. */
function cutting(folder: string): Machine {
  const ours = (argument: string) => argument.replace(/^(?=\/var\/lib\/selfhelp)/, folder)
  const act = ({act, args, input}: Action): Answer => {
    if (act === 'directory') mkdirSync(ours(args[0] ?? ''), {recursive: true})
    if (act !== 'run') return {exit: 0, out: '', err: ''}
    const argv = args.includes('runuser') ? [...args.slice(0, args.indexOf('runuser')), 'echo', 'everything'] : args
    const [command = '', ...rest] = argv.map(ours)
    const {status} = spawnSync(command, rest, {input: (input as Secret | undefined)?.expose() ?? ''})
    return {exit: status ?? 1, out: '', err: ''}
  }
  const never = () => Promise.reject(new Error('nothing is planned'))
  return {
    ...{host: 'north-1', roundTrips: 0, plan: never, apply: never},
    ask: async questions => questions.map(() => ({exit: 1, out: '', err: ''})),
    act: async (_, actions) => actions.map(act),
  }
}

t.test('what was packed and never written down is taken from the host too, and nothing of others', async t => {
  const world = await tenantWorld(t)
  const folder = t.testdir()
  const there = join(folder, '/var/lib/selfhelp/transfer')
  const platform = {...world.platform, machine: async () => cutting(folder)}
  const made = archiveMade(platform, async () => environment)
  const undo = async () => made.undo.kind === 'by' && (await made.undo.undo(at))
  await undo()
  t.strictSame(readdirSync(there), [], 'before anything was packed it has nothing to do')

  await t.rejects(made.make(at), {code: 'action-failed'})
  const [file = ''] = readdirSync(there)
  t.match(file, /^acme-production-\d{4}-\d\d-\d\d-23000Z\.dump\.enc$/)
  const others = [
    file.replace('acme', 'other'),
    file.replace('acme', 'x-acme'),
    file.replace('23000Z', 'zzzzzz'),
    'acme-production-x-2026-11-01-23000Z.dump.enc',
  ].toSorted()
  for (const name of [...others, `${file}.part`, file.replace(/\d{4}-\d\d-\d\d/, '2025-12-31')])
    writeFileSync(join(there, name), '')
  await undo()
  t.strictSame(readdirSync(there).toSorted(), others)
})

t.test('a copy that is not made whole leaves nothing', async t => {
  const file = join(t.testdir(), 'transfer', 'acme.dump.enc')
  const pack = (...command: string[]) =>
    spawnSync('sh', ['-c', program('transfer-pack.sh'), 'pack', file, ...command], {input: 'key\n', encoding: 'utf8'})
  t.not(pack('sh', '-c', 'echo half; exit 1').status, 0)
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
