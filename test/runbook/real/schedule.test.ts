import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {type RunRow, runById, runs, supersedeRun} from '../../../src/ledger/run.ts'
import type {Stopped} from '../../../src/ledger/run-record.ts'
import {putSchedule} from '../../../src/ledger/schedule.ts'
import {runByHand} from '../../../src/schedule/by-hand.ts'
import {nextInstant} from '../../../src/schedule/instants.ts'
import {listSchedules, scheduleNamed} from '../../../src/schedule/list.ts'
import {type Scheduling, tick} from '../../../src/schedule/tick.ts'
import {asAnn, bookOf, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

/** A scheduler whose clock stands half a minute after the first instant of the job, whenever the job was made. */
async function schedulerAfter(kernel: ReturnType<typeof testKernel>): Promise<Scheduling> {
  const {since} = await scheduleNamed(kernel.ledger, job.name)
  return schedulerAt(kernel, since.round({smallestUnit: 'minute', roundingMode: 'floor'}).add({seconds: 90}))
}

/** A scheduler whose clock stands there. */
function schedulerAt(kernel: ReturnType<typeof testKernel>, now: Temporal.Instant): Scheduling {
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
  const scheduler = await schedulerAfter(kernel)
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
  const {since} = await scheduleNamed(kernel.ledger, job.name)
  const noon = since.round({smallestUnit: 'hour', roundingMode: 'floor'}).add({hours: 5, minutes: 30})
  const scheduler = schedulerAt(kernel, noon)
  await tick(scheduler)
  const [expiry, nightly] = await listSchedules(kernel.ledger, scheduler.kernel.clock)
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

t.test(
  'a job that comes tomorrow comes tonight when it is changed to, and after a long absence all is settled',
  async t => {
    const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
    await putSchedule(kernel.ledger, {...job, recurrence: '0 0 * * *'})
    const {since} = await scheduleNamed(kernel.ledger, job.name)
    const midnight = nextInstant({...job, recurrence: '0 0 * * *'}, since) ?? since
    t.strictSame(await tick(schedulerAt(kernel, since)), [])
    const before = schedulerAt(kernel, since.add({minutes: 1}))
    if (Temporal.Instant.compare(before.kernel.clock.now(), midnight) < 0) t.strictSame(await tick(before), [])
    await putSchedule(kernel.ledger, job)
    t.match(await tick(before), [{state: 'fired'}])
    const later = schedulerAt(kernel, since.add({minutes: 1500}))
    t.equal((await tick(later)).length, 1000, 'so many at a time')
    const rest = await tick(later)
    t.match([rest.length > 490, rest.at(-1)?.state], [true, 'fired'])
  },
)

t.test('a job run by hand takes the instant that is due, so that a scheduler does not fire it again', async t => {
  const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
  await putSchedule(kernel.ledger, job)
  const scheduler = await schedulerAfter(kernel)
  const {id} = await runByHand(kernel.ledger, 'nightly', scheduler.kernel.clock.now())
  t.match(id, /:00Z$/)
  t.strictSame(await tick(scheduler), [])
  t.not((await runByHand(kernel.ledger, 'nightly', scheduler.kernel.clock.now())).id, id)
})

t.test('what a person decides is begun by no row of the ledger', async t => {
  const kernel = testKernel(await freshLedger(t), [bookOf('sweep', [])])
  await putSchedule(kernel.ledger, job)
  const told: string[] = []
  await tick({...(await schedulerAfter(kernel)), tell: text => told.push(text)})
  t.same(await runs(kernel.ledger), [])
  t.match(told.join(), /only a person may begin/)
})

t.test('a run that the outside stopped goes on at the next instant, and no other does', async t => {
  const kernel = testKernel(await freshLedger(t), [{...bookOf('sweep', []), bySchedule: true}])
  await putSchedule(kernel.ledger, job)
  const {since} = await scheduleNamed(kernel.ledger, job.name)
  const first = since.round({smallestUnit: 'minute', roundingMode: 'floor'}).add({minutes: 1})
  let minutes = 0
  const next = () => tick(schedulerAt(kernel, first.add({minutes: minutes++, seconds: 5})))
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
