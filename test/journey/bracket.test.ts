import {setTimeout as sleep} from 'node:timers/promises'
import t, {type Test} from 'tap'
import {type Bundled, bundled} from '../support/bundled.ts'
import {centre} from '../support/centre.ts'
import {visited} from '../support/customer.ts'
import {whyNoLab} from '../support/lab.ts'
import {follow} from '../support/lab-crash.ts'
import {bookOn, type PageInput} from '../support/page-book.ts'
import {application, contractFile, must, prepared} from '../support/prepared.ts'
import {queued} from '../support/story.ts'
import {onHost} from '../support/tenant-hosts.ts'
import {changeNothing} from '../support/unchanged.ts'

t.setTimeout(600_000)
const why = await whyNoLab()
const book = new URL('../support/page-book.ts', import.meta.url).href
const seconds = 45

/** What the makers need to understand a run that ended on a lab host in the middle of a step. */
function tellsAll(t: Test, parts: Bundled['parts'], environment: string): void {
  const read = (name: string) => JSON.parse(parts[name] ?? 'null')
  const steps = [
    {name: 'people-see-a-page', state: 'made'},
    {name: 'old-is-put-away', state: 'making'},
  ]
  t.match(read('run.json'), {
    state: 'running',
    followed: false,
    remedies: [/run resume/],
    steps,
    heldLocks: [{name: `environment:${environment}`}],
  })
  t.match(read('plan.json'), {title: /./, input: {tenant: 'shop'}, steps: steps.map(() => /./)})
  t.match(read('request.json'), {operator: /@/})
  t.match(read('versions.json'), {selfhelp: /\d/, node: /^v24/, system: /linux/, postgresql: /PostgreSQL/})
  t.ok(read('attempts.json').length > 0)
  const entries = (parts['journal.jsonl'] ?? '')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.match(entries[0], {kind: 'run', result: 'queued', tenant: 'shop'})
  t.ok(entries.some(({kind, step, result}) => kind === 'step' && step === 'people-see-a-page' && result === 'made'))
  const [exchanges = '', logged = ''] = (parts['host-north-1.log'] ?? '').split('# What was logged')
  t.match(
    exchanges,
    new RegExp(`^exchange \\S+ [0-9.]+ environment:${environment} \\d+$`, 'm'),
    'what was done on the host',
  )
  t.match(exchanges, /^1 0 \S+/m, 'action by action, with its exit')
  t.match(logged, /^\d{4}-\d\d-\d\dT\S+ north-1 \S+/m, 'and what its units said meanwhile')
  t.match(parts['postgres.log'], /./)
}

t.test(
  'what a run opened closes by itself when its process is gone',
  {skip: why ?? false, timeout: 600_000},
  async t => {
    const cmc = await centre(t, '-page', [{name: 'north', count: 1}])
    await must(cmc, 'init', '--operator', 'jane@cmc.test')
    await prepared(cmc, {'north-1': application})
    const file = contractFile(`${cmc.home}/..`, 'shop', 'sites: {primary: north}')
    await must(cmc, 'tenant', 'create', 'shop', '--contract', file)
    await must(cmc, 'tenant', 'hand-over', 'shop', '--by', 'jdoe')
    const environment = (await cmc.json('tenant', 'show', 'shop')).answer.environments[0]
    const status = async () => (await visited(environment)).status
    const input: PageInput = {
      tenant: 'shop',
      environment: {id: environment.id, host: 'north-1'},
      atMost: `PT${seconds}S`,
    }
    const run = await queued(cmc, bookOn, input)
    const list = async () => (await cmc.json('run', 'list')).answer.items
    const open = await status()

    const began = Date.now()
    t.match(await follow(cmc, {run, book, death: {position: 1, point: 'between'}}), {exit: null})
    const killed = Date.now()
    t.match(await visited(environment), {status: 503, body: /<time/}, 'people see a page that says until when')
    await must(cmc, 'schedule', 'run', 'journal-heads')
    const [first, second] = await list()
    t.match(first, {run, followed: false, open: {step: 'people-see-a-page'}}, 'what stands open comes first')
    t.ok(second.queuedAt > first.queuedAt, 'though a newer run is there')
    t.match((await cmc.type('run', 'list')).out.split('\n')[0], `people-see-a-page is open until ${first.open.until}`)
    t.match((await cmc.type('run', 'show', run)).out, /closes by itself at/)

    const {parts, secrets} = await bundled(cmc, run, 'bundle')
    tellsAll(t, parts, environment.id)
    t.same(secrets, [], 'no secret stands in the support bundle')

    const until = Date.parse(first.open.until)
    t.ok(until > killed && until <= killed + seconds * 1000)
    const state = await onHost(cmc, 'north-1', 'cat', `/etc/selfhelp/${environment.id}/state.json`)
    const itself = Date.parse(JSON.parse(state.out).until)
    t.ok(itself > began && itself <= until, 'the host has a deadline itself, no later than the one we tell')
    await sleep(Math.max(0, until + 1500 - Date.now()))
    t.equal(await status(), open, 'past its deadline people are let in, with nobody to do it')

    t.match(await follow(cmc, {run, book, death: {position: 2, point: 'before'}}), {exit: null})
    t.equal(await status(), 503, 'resumed, the page is there again')
    const [renewed] = await list()
    t.ok(Date.parse(renewed.open.until) > until, 'with a new deadline')

    const plans = [
      ['run', 'take-over', `environment:${environment.id}`, '--reason', 'it hangs'],
      ['tenant', 'remove', 'shop'],
      ['tenant', 'invite', 'shop'],
      ['host', 'apply', 'north-1'],
    ]
    await changeNothing(t, cmc, {hosts: ['north-1'], plans})

    t.match(await follow(cmc, {run, book}), {exit: 0, out: /"state":"done"/})
    t.equal(await status(), open, 'at its end people are let in')
    t.match(await cmc.json('run', 'show', run), {answer: {state: 'done', open: undefined}})
    t.match(await cmc.type('environment', 'drift', 'shop/production'), {exit: 0})
  },
)
