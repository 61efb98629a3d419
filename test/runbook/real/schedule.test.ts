import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {type RunRow, runById, runs, supersedeRun} from '../../../src/ledger/run.ts'
import type {Stopped} from '../../../src/ledger/run-record.ts'
import {putSchedule} from '../../../src/ledger/schedule.ts'
import {runByHand} from '../../../src/schedule/by-hand.ts'
import {listSchedules} from '../../../src/schedule/list.ts'
import {type Scheduling, tick} from '../../../src/schedule/tick.ts'
import {asAnn, bookOf, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

/** A scheduler whose clock stands at the given time after now. */
function schedulerAt(kernel: ReturnType<typeof testKernel>, later: Temporal.DurationLike): Scheduling {
  const now = Temporal.Now.instant().add(later)
  const clock = {now: () => now, sleep: async () => {}}
  return {kernel: {...kernel, clock}, sign: ({run}) => asAnn(run), tell: () => {}}
}

const job = {
  name: 'nightly',
  recurrence: '* * * * *',
  zone: 'Europe/Paris',
  runbook: 'sweep',
  input: {name: 'all'},
  catchUp: false,
}

t.test('two schedulers fire an instant once, and a run is named by it', async t => {
  const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
  await putSchedule(kernel.ledger, job)
  const scheduler = schedulerAt(kernel, {seconds: 60})
  await Promise.all([tick(scheduler), tick(scheduler), tick(scheduler)])
  const rows = await runs(kernel.ledger)
  t.equal(rows.length, 1)
  t.match(rows[0]?.id, /^sched\/nightly\/\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/)
  t.match(await listSchedules(kernel.ledger, kernel.clock), [
    {name: 'nightly', firings: [{state: 'fired', run: rows[0]?.id}]},
  ])
})

t.test('missed instants are listed and not fired, but once where the job catches up', async t => {
  const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
  await putSchedule(kernel.ledger, {...job, recurrence: '0 * * * *'})
  await putSchedule(kernel.ledger, {
    ...job,
    name: 'expiry',
    recurrence: '0 * * * *',
    catchUp: true,
    input: {name: 'expiry'},
  })
  const noon = Temporal.Now.instant().round({smallestUnit: 'hour', roundingMode: 'ceil'}).add({hours: 4, minutes: 30})
  const clock = {now: () => noon, sleep: async () => {}}
  await tick({...schedulerAt(kernel, {seconds: 0}), kernel: {...kernel, clock}})
  const [expiry, nightly] = await listSchedules(kernel.ledger, clock)
  t.strictSame(
    nightly?.firings.map(({state}) => state),
    Array(5).fill('missed'),
  )
  t.strictSame(
    expiry?.firings.map(({state}) => state),
    ['fired', ...Array(4).fill('missed')],
  )
  t.equal((await runs(kernel.ledger)).length, 1)
})

t.test('a job run by hand takes the instant that is due, so that a scheduler does not fire it again', async t => {
  const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
  await putSchedule(kernel.ledger, job)
  const scheduler = schedulerAt(kernel, {seconds: 60})
  const {id} = await runByHand(kernel.ledger, 'nightly', scheduler.kernel.clock.now())
  t.match(id, /:00Z$/)
  t.strictSame(await tick(scheduler), [])
  t.not((await runByHand(kernel.ledger, 'nightly', scheduler.kernel.clock.now())).id, id)
})

t.test('what a person decides is begun by no row of the ledger', async t => {
  const kernel = testKernel(await freshLedger(t), [bookOf('sweep', [])])
  await putSchedule(kernel.ledger, job)
  const told: string[] = []
  await tick({...schedulerAt(kernel, {seconds: 60}), tell: text => told.push(text)})
  t.same(await runs(kernel.ledger), [])
  t.match(told.join(), /only a person may begin/)
})

t.test('a run that the outside stopped goes on at the next instant, and no other does', async t => {
  const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
  await putSchedule(kernel.ledger, job)
  const first = Temporal.Now.instant().round({smallestUnit: 'minute', roundingMode: 'ceil'})
  let minutes = 0
  const next = () => {
    const now = first.add({minutes: minutes++, seconds: 5})
    return tick({
      ...schedulerAt(kernel, {seconds: 0}),
      kernel: {...kernel, clock: {now: () => now, sleep: async () => {}}},
    })
  }
  await next()
  const [{id}] = (await runs(kernel.ledger)) as [RunRow]
  const stopped = (exit: number, kind: Stopped['trouble']['kind'], code: string): Stopped => ({
    ...{exit, way: 'forward', trouble: {kind, code, message: code}},
  })
  const others = [
    stopped(1, 'bug', 'bug'),
    stopped(4, 'failure', 'run-stopped'),
    stopped(4, 'refusal', 'epoch-superseded'),
    stopped(6, 'failure', 'host-unreachable'),
    stopped(130, 'interrupted', 'interrupted'),
  ]
  const stateAfter = async (why: Stopped) => {
    await supersedeRun(kernel.ledger, id, why)
    t.match(await next(), [{state: 'fired', run: id}], 'the instant is settled by the same run')
    return (await runById(kernel.ledger, id)).state
  }
  for (const why of others) t.equal(await stateAfter(why), 'stopped', `${why.trouble.code} of exit ${why.exit}`)
  t.equal(await stateAfter(stopped(4, 'failure', 'host-unreachable')), 'queued')
  t.equal((await runs(kernel.ledger)).length, 1)
})
