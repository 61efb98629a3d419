import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import type {Contract} from '../../src/contract/model.ts'
import {Failure, Refusal} from '../../src/error.ts'
import {contactOf, tenantNamed} from '../../src/ledger/tenant.ts'
import type {Step} from '../../src/runbook/model.ts'
import {contractUpdate, readyToAmend} from '../../src/tenant/amend.ts'
import {beginTenant} from '../../src/tenant/begin.ts'
import {tenantCreate} from '../../src/tenant/create.ts'
import {readyToHandOver, tenantHandOver} from '../../src/tenant/hand-over.ts'
import {readyToInvite, tenantInvite} from '../../src/tenant/invite.ts'
import {memoryRun} from '../support/memory-run.ts'
import {acme, type TenantWorld, tenantWorld} from '../support/tenant-world.ts'

t.setTimeout(300_000)

const fence = (lock: string) => ({lock, run: 'r1', epoch: 1})
const at = {operator: 'ann@cmc.test', reason: undefined, fence}

/** A tenant that stands as examples/acme.yaml says, and how to type another contract for it. */
async function standing(t: Test) {
  const world = await tenantWorld(t)
  const {ledger, platform} = world
  const beginning = {ledger, clock: platform.clock, newestRelease: async () => '0.1.0'}
  const input = await beginTenant(beginning, {contract: acme, hosts: {}})
  if (!input) throw new Error('it is made already')
  await memoryRun({at}).follow(tenantCreate(platform).steps(input))
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-contract-'))
  t.teardown(() => rmSync(folder, {recursive: true}))
  const file = join(folder, 'contract.yaml')
  const typing = (contract: Contract) => {
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(contract))
    return readyToAmend({ledger, clock: platform.clock}, {tenant: 'acme', file})
  }
  return {...world, typing}
}

const changed: Contract = {
  ...acme,
  legalName: 'ACME Holding SA',
  timeZone: 'Indian/Reunion',
  environments: {...acme.environments, training: {topology: 'single'}},
  study: {...acme.study, mail: 'Sent through their own relay.'},
  contacts: [
    ...acme.contacts,
    {id: 'boss', name: 'Bo S', email: 'boss@acme.test', language: 'en', roles: ['decision']},
  ],
}

async function follow({platform}: TenantWorld, input: Parameters<ReturnType<typeof contractUpdate>['steps']>[0]) {
  return memoryRun({at}).follow(contractUpdate(platform).steps(input))
}

t.test(
  'a changed contract reaches the ledger, the contacts, the accounts and the services; again it changes nothing',
  async t => {
    const world = await standing(t)
    const {amendment, input} = await world.typing(changed)
    t.match(amendment.next, ['selfhelp environment add acme/training', 'selfhelp tenant hand-over acme --by CONTACT'])
    if (!input) return t.fail('nothing to do')
    t.strictSame(await follow(world, input), {state: 'done'})
    t.match(await tenantNamed(world.ledger, 'acme'), {legalName: 'ACME Holding SA', timeZone: 'Indian/Reunion'})
    t.match(await contactOf(world.ledger, 'acme', 'boss'), {roles: ['decision']})
    const text = JSON.stringify(await world.state())
    t.match(text, /\\\\"tenant\\\\": \\\\"ACME Holding SA\\\\"|ACME Holding SA/, 'the services are told the name')
    t.match(text, /Indian\/Reunion/, 'and the zone')
    const [document] = await world.ledger.all<{body: string}>`select body from document order by created_at desc`
    t.match(document?.body, / boss@acme\.test\n/, 'the new person is told how to connect')
    t.strictSame((await world.typing(changed)).amendment.differences, [])
    t.notOk((await world.typing(changed)).input, 'typed again there is nothing to do')
  },
)

t.test('a gap in the study is filled, and the hand-over that waited for it goes on', async t => {
  const world = await standing(t)
  await world.ledger.owner.all`update tenant set contract = contract #- '{study,mail}'`
  const refused = await readyToHandOver(world.ledger, 'acme', {by: 'jdoe'}).catch(error => error)
  t.match(refused, {
    code: 'study-incomplete',
    remedies: [/study\.mail/, /^selfhelp contract update acme --contract FILE/],
  })
  const {amendment, input} = await world.typing(acme)
  t.match(amendment.differences, [{field: 'study.mail', before: undefined}])
  if (!input) return t.fail('nothing to do')
  t.strictSame(await follow(world, input), {state: 'done'})
  const handing = await readyToHandOver(world.ledger, 'acme', {by: 'jdoe'})
  t.ok(handing)
  if (handing)
    t.strictSame(await memoryRun({at}).follow(tenantHandOver(world.platform).steps(handing)), {state: 'done'})
})

t.test('what cannot follow is refused, everything at once', async t => {
  const world = await standing(t)
  const impossible: Contract = {
    ...acme,
    tenant: 'zenith',
    residency: ['DE'],
    sites: {primary: 'south', secondary: 'west'},
    environments: {production: {topology: 'edition+1'}},
  }
  const refused = await world.typing(impossible).catch(error => error)
  t.match(refused, {code: 'contract-fixed', exit: 3})
  const said = (refused.facts.objections as {what: string}[]).map(({what}) => what)
  t.match(said, [
    /label never changes/,
    /qualification would not be subscribed any more/,
    /production would be edition\+1/,
    /production stands on north-. of site north/,
    /qualification stands on/,
    /repository site south is in FR/,
    /no site west/,
    /primary site south is in FR/,
  ])
  t.match(await tenantNamed(world.ledger, 'acme'), {legalName: 'ACME SA'}, 'nothing was changed')
})

t.test('a site whose certificate ended takes no new tenant as its second, but keeps those it has', async t => {
  const world = await standing(t)
  await world.ledger.owner.all`update site set soc2 = '2020-01-01'`
  await world.ledger.owner
    .all`insert into site (name, country, tier, iso27001, soc2) values ('west', 'FR', '3+', '2099-01-01', '2020-01-01')`
  t.ok((await world.typing({...acme, storagePacks: 2})).input, 'what touches no place is no placement')
  await t.rejects(world.typing({...acme, sites: {primary: 'north', secondary: 'west'}}), {
    code: 'contract-fixed',
    message: /SOC 2 certificate of site west/,
  })
})

t.test('a step fails: resumed it ends right, undone the old contract is there again', async t => {
  const pattern = await standing(t)
  const before = await pattern.state()
  const {input} = await pattern.typing(changed)
  if (!input) return t.fail('nothing to do')
  await follow(pattern, input)
  const whole = await pattern.state()
  const names = contractUpdate(pattern.platform)
    .steps(input)
    .map(({name}) => name)
  for (const [position, name] of names.entries())
    for (const after of [false, true]) {
      const world = await standing(t)
      const ready = (await world.typing(changed)).input
      if (!ready) return t.fail('nothing to do')
      const steps = contractUpdate(world.platform).steps(ready)
      const end = await memoryRun({at}).follow(steps.map((one, n) => (n === position ? refusing(one, after) : one)))
      if (end.state === 'done') continue
      t.equal(end.state, 'undone', `${name}, ${after ? 'after' : 'before'} its effect`)
      t.strictSame(withoutDocuments(await world.state()), withoutDocuments(before), 'as it was')
      t.match(await tenantNamed(world.ledger, 'acme'), {contract: {legalName: 'ACME SA'}})
      const run = memoryRun({at})
      await run.follow(steps.map((one, n) => (n === position ? silent(one) : one)))
      t.strictSame(await run.follow(steps), {state: 'done'})
      t.strictSame(withoutDocuments(await world.state()), withoutDocuments(whole), 'as undisturbed')
    }
})

t.test('people are invited anew: each account gets another link, once per invitation', async t => {
  const world = await standing(t)
  const documents = async () => (await world.ledger.all`select from document`).length
  const input = await readyToInvite(world.ledger, 'acme')
  const steps = tenantInvite(world.platform).steps(input)
  t.strictSame(await memoryRun({at}).follow(steps), {state: 'done'})
  t.equal(await documents(), 2)
  t.strictSame(await memoryRun({at}).follow(steps), {state: 'done'}, 'resumed it makes no third')
  t.equal(await documents(), 2)
  t.not((await readyToInvite(world.ledger, 'acme')).after, input.after, 'typed again it is another invitation')
})

t.test('while another run works with the old contract, it waits', async t => {
  const world = await standing(t)
  await world.ledger.owner.all`
    insert into run (id, runbook, title, change, input, input_hash, subject, tenant, state, operator, request, signature)
    values ('r7', 'tenant-hand-over', 'hand tenant acme over', 'configuration', '{}', '', 'acme', 'acme', 'stopped', 'ann', '{}', '')`
  await t.rejects(world.typing(changed), {code: 'run-unfinished', runId: 'r7'})
})

function refusing(step: Step, after: boolean): Step {
  return {
    ...step,
    make: async at => {
      if (after) await step.make(at)
      throw new Refusal('not-found', 'the tool says no')
    },
  }
}

function silent(step: Step): Step {
  return {
    ...step,
    within: 'PT0S',
    make: async () => {
      throw new Failure('host-unreachable', 'no answer')
    },
  }
}

/** A document that was sent cannot be taken back. */
function withoutDocuments(state: unknown): unknown {
  const {rows, ...rest} = state as {rows: object}
  return {...rest, rows: {...rows, document: []}}
}
