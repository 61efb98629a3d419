// From 0.1 to 0.2 on lab hosts: qualification first, validated, agreed, announced; production closed for seconds, and
// what it was by digest when a release fails.
import t, {type Test} from 'tap'
import {visited} from '../support/customer.ts'
import {whyNoLab} from '../support/lab.ts'
import {
  approver,
  digest,
  feedback,
  type House,
  inService,
  planned,
  production,
  qualification,
  rows,
  sql,
  validated,
  versions,
  watching,
} from '../support/migration-house.ts'
import {must} from '../support/prepared.ts'

t.setTimeout(1_200_000)
const why = await whyNoLab()

t.test('a customer comes to the next version, and back from those that fail', {skip: why ?? false}, async t => {
  const house = await inService(t, '-migration')
  const id = await succeeds(t, house)
  await failsInItsSchema(t, house)
  await failsItsChecks(t, house)
  await back(t, house, id)
})

/** The order that was promised (R149–R154), as the journal has it. */
const promised = [
  'migration-is-running',
  'pages-say-so-ahead',
  'notice-was-accepted',
  'gate-and-slot-still-hold',
  'release-is-on-every-server',
  'chain-is-proven-restorable',
  'people-see-a-page',
  'backup-of-now-is-proven',
  'state-before-is-measured-and-archived',
  'schema-is-migrated',
  'every-server-is-switched',
  'checks-pass',
  'it-is-not-too-late',
  'mail-is-on-its-way',
  'people-see-a-page-no-more',
  'way-back-is-proven-restorable',
  'migration-is-recorded',
]

/** Qualification is refreshed from production and upgraded, then production, closed for seconds by two witnesses. */
async function succeeds(t: Test, house: House): Promise<string> {
  const {cmc} = house
  await feedback(house, production, {count: 40})
  await feedback(house, qualification, {count: 3})
  const id = await validated(t, house, '0.2.0')
  t.equal(await rows(house, qualification), 40, "what was only on qualification is gone, production's data is there")
  t.match(await versions(house), {production: '0.1.0', qualification: '0.2.0'})
  await planned(t, house, id)
  const early = await cmc.type('migration', 'run', id, '--confirm', qualification)
  t.equal(early.exit, 3, 'production is confirmed by its own name')
  const outside = watching(house)
  const ran = await cmc.json('migration', 'run', id, '--confirm', production)
  const seen = await outside()
  t.match(ran, {exit: 0, answer: {state: 'done', agreement: {by: 'jdoe'}, validation: {by: 'jdoe'}}})
  const {measured, estimated} = ran.answer.closedSeconds
  t.comment(
    `closed for ${seen.seconds} s of ${seen.asked} questions, as recorded ${JSON.stringify({measured, estimated})}`,
  )
  t.ok(
    seen.refused > 0 && measured > 0 && estimated.least <= estimated.most,
    'measured from outside, beside the estimate',
  )
  t.ok(Math.abs(seen.seconds - measured) < 5, 'two witnesses from outside agree')
  t.strictSame(await journal(house, ran.answer.run), promised, 'in the order that was promised')
  t.equal(await rows(house, production), 40, 'with everything that was there')
  t.match(await versions(house), {production: '0.2.0', qualification: '0.2.0'})
  t.equal((await cmc.json('environment', 'drift', production)).exit, 0, 'every server is as the ledger says')
  await told(t, house)
  return id
}

/** Each mail once, and what was planned is over. */
async function told(t: Test, {cmc, mail}: House) {
  await must(cmc, 'notice', 'deliver')
  const copies = mail.taken().filter(({to, text}) => to.includes('jane.doe@acme') && /0\.2\.0/.test(text))
  t.equal(copies.length, 4, 'qualification planned, to be validated, production planned, done: each once')
  const operations = (await cmc.json('maintenance', 'list', '--all')).answer.items
  const own = operations.filter((one: {environment: string}) => one.environment === production)
  t.match(own, [{state: 'done'}])
}

/** The steps of a run in the order in which they were recorded. */
async function journal({cmc}: House, run: string): Promise<readonly string[]> {
  const {answer} = await cmc.json('journal', 'list', '--tenant', 'acme', '--limit', '1000')
  const steps = answer.items.filter((one: {kind: string; run: string}) => one.kind === 'step' && one.run === run)
  return [...new Set<string>(steps.reverse().map(({step}: {step: string}) => step))]
}

/** 0.4 fails on data that came after qualification had been tried: nothing was changed, people are in again. */
async function failsInItsSchema(t: Test, house: House) {
  const id = await validated(t, house, '0.4.0')
  await feedback(house, production, {count: 1, answers: '[]'})
  await goesBack(t, house, {id, because: /its schema migration says: .*answers_are_named/})
  await sql(house, production, "delete from content.feedback where jsonb_typeof(answers) <> 'object'")
}

/** 0.5 migrates and does not work: the data of before is restored. */
async function failsItsChecks(t: Test, house: House) {
  await sql(house, production, "delete from content.account where role = 'test'")
  const id = await validated(t, house, '0.5.0')
  const account = "insert into content.account (email, role, created_at) values ('one@acme.test', 'test', now())"
  await sql(house, production, account)
  await goesBack(t, house, {id, because: /it does not work: .*sign-in/})
}

interface Failing {
  readonly id: string
  readonly because: RegExp
}

async function goesBack(t: Test, house: House, {id, because}: Failing) {
  const {cmc, mail} = house
  await planned(t, house, id)
  const before = await digest(house, production)
  const mails = mail.taken().length
  const ran = await cmc.type('migration', 'run', id, '--confirm', production)
  t.match([ran.exit, ran.err], [3, because])
  t.equal(await digest(house, production), before, 'production holds what it held')
  t.match(await cmc.json('migration', 'show', id), {answer: {state: 'rolled-back'}})
  t.match(await visited((await cmc.json('environment', 'show', production)).answer), {status: 200}, 'and is open')
  t.match(await versions(house), {production: '0.2.0'})
  t.equal((await cmc.json('environment', 'drift', production)).exit, 0, 'every server is as the ledger says')
  await must(cmc, 'notice', 'deliver')
  t.equal(mail.taken().length, mails, 'nobody is told that it is done')
}

/** Two people put it back; what was written since is lost, and was said to be. */
async function back(t: Test, house: House, id: string) {
  const {cmc} = house
  await feedback(house, production, {count: 2})
  t.match(await cmc.json('migration', 'rollback', id, '--plan'), {exit: 0, answer: {lost: {'content.feedback': 2}}})
  t.match(await cmc.type('migration', 'rollback', id, '--confirm', production), {exit: 3, err: /two people/})
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const asking = ['--rule', 'rollback', '--until', until, '--reason', 'it loses feedback']
  const asked = await cmc.json('override', 'request', production, ...asking)
  await must(cmc, 'override', 'approve', asked.answer.id, '--operator-key', await approver(house))
  const ran = await cmc.json('migration', 'rollback', id, '--confirm', production)
  t.match(ran, {exit: 0, answer: {state: 'rolled-back'}})
  t.equal(await rows(house, production), 40)
  t.match(await versions(house), {production: '0.1.0'})
  t.match(await visited((await cmc.json('environment', 'show', production)).answer), {status: 200}, 'and is open')
}
