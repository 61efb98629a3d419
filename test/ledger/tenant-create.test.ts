import t from 'tap'
import {Failure, Refusal} from '../../src/error.ts'
import type {At, Step} from '../../src/runbook/model.ts'
import {beginEnvironment, beginTenant} from '../../src/tenant/begin.ts'
import {environmentAdd, tenantCreate} from '../../src/tenant/create.ts'
import {readyToHandOver, tenantHandOver} from '../../src/tenant/hand-over.ts'
import type {TenantInput} from '../../src/tenant/model.ts'
import {readyToRemove, tenantRemove} from '../../src/tenant/remove.ts'
import {memoryRun} from '../support/memory-run.ts'
import {acme, type TenantWorld, tenantWorld} from '../support/tenant-world.ts'

t.setTimeout(600_000)

const typed = {contract: acme, hosts: {}}
const fence = (lock: string) => ({lock, run: 'r1', epoch: 1})
const at = {operator: 'ann@cmc.test', reason: undefined, fence}

async function begun({ledger, platform}: TenantWorld): Promise<TenantInput> {
  const input = await beginTenant({ledger, clock: platform.clock, newestRelease: async () => '0.1.0'}, typed)
  if (input === undefined) throw new Error('it is made already')
  return input
}

const troubles = {
  failure: () => new Failure('host-unreachable', 'no answer'),
  refusal: () => new Refusal('not-found', 'the tool says no'),
} as const

function failing(step: Step, kind: keyof typeof troubles, after: boolean): Step {
  const make = async (at: At) => {
    if (after) await step.make(at)
    throw troubles[kind]()
  }
  return {...step, within: 'PT0S', make}
}

const ways = [
  ['failure', true],
  ['refusal', false],
  ['refusal', true],
] as const

t.test('a tenant is made, and made again it changes nothing', async t => {
  const world = await tenantWorld(t)
  const input = await begun(world)
  const steps = tenantCreate(world.platform).steps(input)
  t.strictSame(await memoryRun({at}).follow(steps), {state: 'done'})
  const {ledger, platform} = world
  const again = await beginTenant({ledger, clock: platform.clock, newestRelease: async () => '0.2.0'}, typed)
  t.equal(again, undefined, 'typed again there is nothing to do')
  const other = {...typed, contract: {...acme, legalName: 'Another'}}
  await t.rejects(beginTenant({ledger, clock: platform.clock, newestRelease: async () => '0.1.0'}, other), {
    code: 'tenant-differs',
    exit: 3,
  })
  const hosts = new Set(input.environments.flatMap(({placed}) => placed.map(({host}) => host)))
  t.same([...hosts].sort(), ['north-1', 'north-2', 'south-1'], 'its environments are spread')
})

t.test(
  'every step fails in each way, before and after its effect; then it is resumed, or undone without a trace',
  async t => {
    const pattern = await tenantWorld(t)
    const before = await pattern.state()
    const names = tenantCreate(pattern.platform)
      .steps(await begun(pattern))
      .map(({name}) => name)
    await memoryRun({at}).follow(tenantCreate(pattern.platform).steps(await begun(pattern)))
    const whole = await pattern.state()
    for (const [position, name] of names.entries())
      for (const [kind, after] of ways)
        await t.test(`${kind} ${after ? 'after' : 'before'} ${name}`, async t => {
          const world = await tenantWorld(t)
          const steps = tenantCreate(world.platform).steps(await begun(world))
          const run = memoryRun({at})
          const broken = steps.map((step, n) => (n === position ? failing(step, kind, after) : step))
          const end = await run.follow(broken)
          if (end.state === 'done') return void t.comment('it held already')
          if (kind === 'refusal') {
            t.equal(end.state, 'undone')
            return void t.strictSame(await world.state(), before, 'nothing is left')
          }
          t.equal(end.state, 'stopped')
          t.strictSame(await run.follow(steps), {state: 'done'}, 'resumed')
          t.strictSame(await world.state(), whole, 'as undisturbed')
          const often = [...world.machine('north-1').effects].filter(
            ([what, times]) => times > 1 && !what.includes('haproxy'),
          )
          t.strictSame(often, [], 'no effect happened twice')
        })
  },
)

t.test('a hand-over opens the pages; a study with gaps, or nobody who may decide, keeps them closed', async t => {
  const world = await tenantWorld(t)
  const {ledger, platform} = world
  await memoryRun({at}).follow(tenantCreate(platform).steps(await begun(world)))
  await t.rejects(readyToHandOver(ledger, 'acme', {by: 'nobody'}), {code: 'contact-unfit', exit: 3})
  await t.rejects(readyToHandOver(ledger, 'acme', {by: 'secu'}), {code: 'contact-unfit'})
  await t.rejects(readyToHandOver(ledger, 'other', {by: 'jdoe'}), {code: 'not-found'})
  await ledger.owner.all`update tenant set contract = contract #- '{study,mail}'`
  await t.rejects(readyToHandOver(ledger, 'acme', {by: 'jdoe'}), {code: 'study-incomplete', message: /mail/})
  await ledger.owner.all`update tenant set contract = ${JSON.stringify(acme)}`
  const input = await readyToHandOver(ledger, 'acme', {by: 'jdoe'})
  if (input === undefined) throw new Error('it was handed over')
  t.strictSame(await memoryRun({at}).follow(tenantHandOver(platform).steps(input)), {state: 'done'})
  t.match(JSON.stringify(await world.state()), /\\"mode\\":\\"open\\"/)
  t.equal(await readyToHandOver(ledger, 'acme', {by: 'jdoe'}), undefined, 'once')
})

t.test('a hand-over that is undone closes the pages again', async t => {
  const world = await tenantWorld(t)
  const {ledger, platform} = world
  await memoryRun({at}).follow(tenantCreate(platform).steps(await begun(world)))
  const before = await world.state()
  const input = await readyToHandOver(ledger, 'acme', {by: 'jdoe'})
  if (input === undefined) throw new Error('it was handed over')
  const steps = tenantHandOver(platform).steps(input)
  const last = steps.length - 1
  const broken = steps.map((step, n) => (n === last ? failing(step, 'refusal', false) : step))
  t.equal((await memoryRun({at}).follow(broken)).state, 'undone')
  t.strictSame(await world.state(), before)
})

t.test('an environment is added when it is subscribed, and only then', async t => {
  const world = await tenantWorld(t)
  const {ledger, platform} = world
  const beginning = {ledger, clock: platform.clock, newestRelease: async () => '0.1.0'}
  const whole = await begun(world)
  const first = {...whole, environments: whole.environments.slice(0, 1)}
  await memoryRun({at}).follow(tenantCreate(platform).steps(first))
  await t.rejects(beginEnvironment(beginning, {environment: 'acme/training', hosts: []}), {
    code: 'environment-unsubscribed',
    exit: 3,
  })
  const input = await beginEnvironment(beginning, {environment: 'acme/qualification', hosts: []})
  if (input === undefined) throw new Error('it is there already')
  t.strictSame(await memoryRun({at}).follow(environmentAdd(platform).steps(input)), {state: 'done'})
  t.equal(await beginEnvironment(beginning, {environment: 'acme/qualification', hosts: []}), undefined)
})

t.test('a removed tenant leaves its farewell and nothing else', async t => {
  const world = await tenantWorld(t)
  const {ledger, platform} = world
  const before = await world.state()
  await memoryRun({at}).follow(tenantCreate(platform).steps(await begun(world)))
  const input = await readyToRemove(ledger, 'acme', {home: '/nowhere', keep: 'P30D'})
  t.equal(input.repository, 'south-1')
  const steps = tenantRemove(platform).steps(input)
  const dump = {name: 'farewell-is-kept', holds: async () => true, make: async () => {}}
  const undumped = steps.map(step => (step.name === dump.name ? dump : step))
  t.strictSame(await memoryRun({at}).follow(undumped), {state: 'done'})
  t.strictSame(await world.state(), before)
})
