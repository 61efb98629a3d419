import t from 'tap'
import {systemClock} from '../../../src/clock.ts'
import {Bug} from '../../../src/error.ts'
import type {Fence} from '../../../src/machine/model.ts'
import {forecastRun} from '../../../src/run/forecast.ts'
import {listRuns} from '../../../src/run/list.ts'
import {showRun} from '../../../src/run/show.ts'
import {watchRun} from '../../../src/run/watch.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {RunEvent, Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {during} from '../../../src/runbook/step.ts'
import {takeOver} from '../../../src/runbook/take-over.ts'
import {asAnn, bookOf, byAnn, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

const so = new Set<string>()
const fact = (name: string, trouble?: Error) => ({
  holds: async () => so.has(name),
  make: async () => {
    if (trouble) throw trouble
    so.add(name)
  },
})
const plain = (name: string, trouble?: Error): Step => ({name, ...fact(name, trouble)})

t.test(
  'a stopped run says why, at which step, what is true and what to type; one that left a bracket open comes first',
  async t => {
    const off = {holds: async () => !so.has('frozen'), make: async () => void so.delete('frozen')}
    const inside = bookOf(
      'inside',
      during('frozen', {...fact('frozen'), atMost: 'PT10M'}, off, [plain('x', new Bug('odd'))]),
    )
    const later = bookOf('later', [plain('y')])
    const kernel = testKernel(await freshLedger(t), [inside, later])
    const one = await requestRun(kernel, {runbook: inside, input: {name: 'a'}, by: asAnn})
    await execute(kernel, one.id, plainly())
    const two = await requestRun(kernel, {runbook: later, input: {name: 'a'}, by: asAnn})
    await execute(kernel, two.id, plainly())
    const items = await listRuns(kernel.ledger, {})
    t.strictSame(
      items.map(item => [item.run, item.open?.step]),
      [
        [one.id, 'frozen'],
        [two.id, undefined],
      ],
    )
    t.match(await showRun(kernel.ledger, one.id, kernel.runbooks), {
      state: 'stopped',
      stopped: {step: 'x', exit: 1, trouble: {message: 'odd'}},
      open: {step: 'frozen'},
      steps: [
        {name: 'frozen', state: 'made'},
        {name: 'x', state: 'failed'},
        {name: 'frozen-no-more', state: 'waiting'},
      ],
      remedies: [`selfhelp run resume ${one.id}`, `selfhelp run abandon ${one.id}`],
    })
  },
)

t.test('a plan of going on says which steps, there and back, and begins none', async t => {
  const back = (name: string): Step => ({
    ...plain(name),
    undo: {kind: 'by', undo: async () => void so.delete(name)},
  })
  const stuck = plain('stuck', new Bug('odd'))
  const never: Step = {...plain('never'), undo: {kind: 'never', because: 'it writes', document: 'docs/x.md'}}
  const house = bookOf('house', [back('ground'), plain('well'), back('walls'), stuck, plain('roof')])
  const past = bookOf('past', [never, stuck])
  const kernel = testKernel(await freshLedger(t), [house, past])
  const {id} = await requestRun(kernel, {runbook: house, input: {name: 'a'}, by: asAnn})
  await execute(kernel, id, plainly())
  const plan = (run: string, abandon: boolean) => forecastRun(kernel.ledger, run, {runbooks: kernel.runbooks, abandon})
  t.match(await plan(id, false), {state: 'stopped', way: 'forward', steps: ['stuck', 'roof']})
  t.strictSame((await plan(id, true)).steps, ['walls', 'ground'])
  t.strictSame((await plan(id, true)).steps, ['walls', 'ground'], 'none was begun')
  await execute(kernel, id, {...plainly(), abandon: true})
  await t.rejects(plan(id, false), {code: 'run-ended'})
  const other = await requestRun(kernel, {runbook: past, input: {name: 'a'}, by: asAnn})
  await execute(kernel, other.id, plainly())
  await t.rejects(plan(other.id, true), {code: 'run-past-return'})
})

t.test('taking a live lock over stops its run, tells its hosts, and leaves it resumable', async t => {
  const ledger = await freshLedger(t)
  const {promise: stuck, resolve: go} = Promise.withResolvers<void>()
  let begun = false
  const slow: Step = {
    name: 'slow',
    holds: async () => so.has('slow'),
    make: async () => {
      if (begun) return void so.add('slow')
      begun = true
      await stuck
      so.add('slow')
    },
  }
  const book = bookOf('slow', [slow, plain('after')], ['environment:e1', 'host:north-1/e1', 'host:south-1/e1'])
  const old = testKernel(ledger, [book])
  const run = await requestRun(old, {runbook: book, input: {name: 'a'}, by: asAnn})
  const following = execute(old, run.id, plainly())
  while (!begun) await new Promise(done => setTimeout(done, 5))

  const heard = testKernel(ledger, [book], 'x')
  const other = {
    ...heard,
    announce: async (host: string, fence: Fence) =>
      host === 'south-1' ? Promise.reject(new Error('no route')) : heard.announce(host, fence),
  }
  t.match(await takeOver(other, 'environment:e1', {...byAnn, reason: 'it sleeps'}), {
    run: run.id,
    owner: 'ann@cmc.test',
    epoch: 2,
    unheard: ['south-1'],
  })
  t.match(
    other.announced.find(one => one.fence.lock === 'environment:e1'),
    {host: 'north-1', fence: {epoch: 2}},
  )
  t.match(other.entries, [{kind: 'lock', result: 'taken-over', reason: 'it sleeps'}])
  t.match(await showRun(ledger, run.id, other.runbooks), {state: 'stopped', stopped: {trouble: {message: /it sleeps/}}})
  go()
  await t.rejects(following, {code: 'epoch-superseded'})
  t.notOk(so.has('after'))
  t.strictSame(await execute(other, run.id, plainly()), {state: 'done'})
  await t.rejects(takeOver(other, 'environment:e1', byAnn), {code: 'not-found'})
})

t.test('a run that another process follows can be watched to its end', async t => {
  const ledger = await freshLedger(t)
  const book = bookOf('try', [plain('p'), plain('q')])
  const kernel = testKernel(ledger, [book])
  const run = await requestRun(kernel, {runbook: book, input: {name: 'a'}, by: asAnn})
  const events: RunEvent[] = []
  const watching = {
    clock: systemClock,
    of: 2,
    signal: new AbortController().signal,
    tell: (event: RunEvent) => void events.push(event),
  }
  const watched = watchRun(ledger, run.id, watching)
  await execute(kernel, run.id, plainly())
  t.strictSame(await watched, {state: 'done'})
  // How often it looked while a step was being made is its own affair.
  t.match(
    events.filter(event => event.kind === 'step' && event.state === 'made'),
    [{name: 'p'}, {name: 'q'}],
  )
})
