import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import type {Environment} from '../../src/environment/model.ts'
import {keptFarewells} from '../../src/ledger/farewell.ts'
import type {Action, Answer, Machine} from '../../src/machine/model.ts'
import type {At} from '../../src/runbook/model.ts'
import {farewellExpire} from '../../src/tenant/expire.ts'
import {farewellKept} from '../../src/tenant/farewell.ts'
import {openFarewell} from '../../src/tenant/open.ts'
import {hostJobs} from '../support/host-jobs.ts'
import {leapingClock} from '../support/memory-run.ts'
import {tenantWorld} from '../support/tenant-world.ts'

const size = 5_000_000
const dump = Buffer.from(Array.from({length: size}, (_, at) => (at * 31) % 251))
const at = {run: 'r1', fence: (lock: string) => ({lock, run: 'r1', epoch: 1})} as At
const environment = {
  ...{id: 'eaaaaaa', tenant: 'acme', name: 'production', ports: {database: 20_000}},
  placed: [{role: 'database', host: 'north-1', reason: ''}],
} as unknown as Environment

/** Machines whose programs are this machine's own, in a folder; the dump is a file instead of a database. */
function machinesIn(folder: string) {
  const most = {input: 0, answer: 0}
  const jobs = hostJobs()
  const source = join(folder, 'source')
  writeFileSync(source, dump)
  const ours = (argument: string) => (/^\/var\/lib\/selfhelp/.test(argument) ? join(folder, argument) : argument)
  const run = (argv: readonly string[], input?: string): Answer => {
    const [program = '', ...args] = (
      argv.includes('runuser') ? [...argv.slice(0, argv.indexOf('runuser')), 'cat', source] : argv
    ).map(ours)
    const out = execFileSync(program, args, {input: input ?? '', encoding: 'latin1', maxBuffer: 50_000_000})
    most.answer = Math.max(most.answer, out.length)
    return {exit: 0, out, err: ''}
  }
  const act = async ({act, args, input}: Action): Promise<Answer> => {
    const path = ours(args[0] ?? '')
    const read = () => (input as {expose(): string}).expose()
    if (act === 'run') return jobs.act({act, args}, argv => run(argv, read())) ?? run(args)
    if (act === 'directory') mkdirSync(path, {recursive: true})
    if (act === 'remove') rmSync(path)
    if (act === 'put') {
      const parts: Buffer[] = []
      for await (const part of (input as {open(): AsyncIterable<Buffer>}).open()) {
        most.input = Math.max(most.input, part.length)
        parts.push(part)
      }
      writeFileSync(path, Buffer.concat(parts))
    }
    return {exit: 0, out: '', err: ''}
  }
  mkdirSync(join(folder, 'var/lib/selfhelp'), {recursive: true})
  const machine = (host: string): Machine => ({
    ...{host, roundTrips: 0},
    plan: async () => ({host, changes: [], planHash: ''}),
    apply: async () => ({host, changes: [], planHash: '', roundTrips: 0}),
    ask: async questions => questions.map(({args}) => jobs.ask({args}) ?? run(args)),
    act: (_, actions) => Promise.all(actions.map(act)),
  })
  return {machine, most, path: ours}
}

async function begun(t: Test) {
  const world = await tenantWorld(t)
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-farewell-'))
  t.teardown(() => rmSync(folder, {recursive: true}))
  const {machine, most, path} = machinesIn(folder)
  const platform = {...world.platform, machine: async (host: string) => machine(host)}
  return {platform, folder, most, path, output: join(folder, 'opened')}
}

const environments = async () => [environment]
const onRepository = {host: 'south-1', lock: 'host:south-1/eaaaaaa'}

t.test('a last dump streams to the repository host encrypted, is opened again, and expires with its key', async t => {
  const {platform, most, path, output} = await begun(t)
  const keeping = {tenant: 'acme', repository: onRepository, home: '/nowhere', keep: 'P2D'}
  const fact = farewellKept(platform, environments, keeping)
  t.equal(await fact.holds(at), false)
  await fact.make(at)
  t.equal(await fact.holds(at), true)
  t.ok(most.input <= 4_194_304, 'no more than a block was ever in our memory')
  const [row] = await keptFarewells(platform.ledger, 'acme')
  if (!row) return t.fail('it is not on record')
  const kept = readFileSync(path(row.path))
  t.equal(createHash('sha256').update(kept).digest('hex'), row.sha256)
  t.equal(kept.subarray(0, 8).toString(), 'Salted__')
  await openFarewell(platform, {tenant: 'acme', environment: 'production', output})
  t.ok(readFileSync(output).equals(dump))
  await t.rejects(openFarewell(platform, {tenant: 'acme', environment: 'production', output}), {code: 'in-the-way'})
  const nowhere = join(output, 'no', 'folder')
  await t.rejects(openFarewell(platform, {tenant: 'acme', environment: 'production', output: nowhere}), {
    code: 'input-invalid',
  })
  writeFileSync(path(row.path), kept.fill(1, 1000, 1010))
  const other = join(dirname(output), 'other')
  await t.rejects(openFarewell(platform, {tenant: 'acme', environment: 'production', output: other}), {
    message: /is not the dump/,
  })
  t.throws(() => statSync(other), 'an altered dump is not written')
  const early = farewellExpire(platform).steps({})[0]
  t.equal(await early?.holds(at), true, 'before its time nothing is due')
  const later = {...platform, clock: leapingClock('2026-11-25T00:00:00Z')}
  const [due] = farewellExpire(later).steps({})
  t.equal(await due?.holds(at), false)
  await due?.make(at)
  t.equal(await due?.holds(at), true)
  t.throws(() => statSync(path(row.path)), 'the file is gone')
  t.notOk(await platform.secrets.get(row.keySecret), 'and its key')
})

t.test('a dump made anew replaces what an attempt before it had put there', async t => {
  const {platform, path} = await begun(t)
  const keeping = {tenant: 'acme', repository: onRepository, home: '/nowhere', keep: 'P2D'}
  const told: string[] = []
  const machine = async (host: string) => {
    const real = await platform.machine(host)
    const act: Machine['act'] = async (id, actions, fence) => {
      // As a host does: a kept success is told again, not done again.
      if (told.includes(id)) return []
      told.push(id)
      return real.act(id, actions, fence)
    }
    return {...real, act}
  }
  const broken = {...platform.ledger, all: async () => Promise.reject(new Error('the ledger is away'))}
  await t.rejects(farewellKept({...platform, machine, ledger: broken as never}, environments, keeping).make(at))
  await farewellKept({...platform, machine}, environments, keeping).make(at)
  const [row] = await keptFarewells(platform.ledger, 'acme')
  t.equal(
    createHash('sha256')
      .update(readFileSync(path(row?.path ?? '')))
      .digest('hex'),
    row?.sha256,
  )
})

t.test('without a repository it lies in the home', async t => {
  const {platform, folder, output} = await begun(t)
  await farewellKept(platform, environments, {tenant: 'acme', home: folder, keep: 'P2D'}).make(at)
  await openFarewell(platform, {tenant: 'acme', environment: 'production', output})
  t.ok(readFileSync(output).equals(dump))
})
