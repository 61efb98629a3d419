import {Temporal} from 'temporal-polyfill'
import {tick} from '../src/schedule/tick.ts'
import {asAnn, bookOf, testKernel} from '../test/support/kernel.ts'
import {freshLedger, type TestLedger} from '../test/support/ledger.ts'
import {type Compared, within} from './pairs.ts'

const jobs = 10_000
/** How many instants of each were settled before. */
const settled = 30

/** A scheduler's tick among ten thousand daily jobs, spread over the minutes of a day: every minute seven are fired. */
export async function scheduleTick({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  await using stack = new AsyncDisposableStack()
  const ledger = await freshLedger({teardown: end => stack.defer(async () => void (await (end as () => unknown)()))})
  await manyJobs(ledger)
  let now = Temporal.Now.instant()
  let fired = 0
  const kernel = {...testKernel(ledger, [{...bookOf('sweep', []), bySchedule: true}]), clock: {now: () => now}}
  const ticked = (later: Temporal.DurationLike) => async () => {
    now = now.add(later)
    const began = performance.now()
    const sleep = async () => {}
    const scheduling = {kernel: {...kernel, clock: {...kernel.clock, sleep}}, tell: () => {}}
    fired += (await tick({...scheduling, sign: ({run}) => asAnn(run)})).length
    return performance.now() - began
  }
  const first = await ticked({seconds: 1})()
  console.log(`The first tick looks at every job: ${first.toFixed(0)} ms`)
  const atMost = 200
  const quiet = {name: 'tick, nothing due', run: ticked({milliseconds: 1})}
  const busy = {name: 'tick, a minute later', run: ticked({minutes: 1})}
  const results = [
    await within({name: `a tick among ${jobs} jobs`, ours: quiet, atMost, times: pairs}),
    await within({name: 'one that fires what a minute brings', ours: busy, atMost, times: pairs}),
  ]
  console.log(`    ${fired} fired in ${pairs} minutes`)
  return results
}

/** Of many zones, each with a month of instants behind it. */
async function manyJobs(ledger: TestLedger): Promise<void> {
  const zones = Intl.supportedValuesOf('timeZone').filter((_, n) => n % 10 === 0)
  await ledger.all`
    insert into schedule (name, recurrence, zone, runbook, input, catch_up)
    select 'job-' || n, n % 60 || ' ' || n / 60 % 24 || ' * * *', (${zones}::text[])[1 + n % ${zones.length}::int], 'sweep',
      jsonb_build_object('name', 'job-' || n), true
    from generate_series(1, ${jobs}::int) n`
  await ledger.all`
    insert into firing select name, date_trunc('minute', now()) - interval '1 day' * (n - 1), 'missed'
    from schedule, generate_series(1, ${settled}::int) n`
  await ledger.owner.all`analyze`
}
