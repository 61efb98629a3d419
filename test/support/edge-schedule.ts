import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {Queries} from '../../src/ledger/ledger.ts'
import {runById} from '../../src/ledger/run.ts'
import {packageRoot} from '../../src/root.ts'
import {leafAt, workerOf} from './certificate-lab.ts'
import type {Place} from './edge-troubles.ts'
import {loopOn} from './load.ts'
import {must} from './prepared.ts'
import {run} from './process.ts'
import {onHost} from './tenant-hosts.ts'

const edition = 'acme-edition.ezvsaas.test'
/**
 * Nothing is called: the rows of the schedule, the real scheduler and a real worker do it all, while people come and go. What
 * is due is renewed, what edges offer is scanned, keys of tickets rotate, and an edge with few free backends gets more.
 */
export async function theScheduleDoesIt(t: Test, {cmc, ledger, addresses, name}: Place): Promise<void> {
  const [, south] = addresses
  const before = await leafAt(south, edition)
  await fewBackendsLeft(t, cmc)
  const workers = () => Promise.all(['north-1', 'south-1'].map(edge => workerOf(cmc, edge)))
  const [north, front] = await workers()
  await ledger.all`
    update certificate set not_before = now() - interval '80 days', not_after = now() + interval '10 days'
    where hostname = ${edition} and state = 'served'`
  const [{from = ''} = {}] = await ledger.all<{from: string}>`select clock_timestamp()::text as from`
  const load = addresses.map(address => loopOn({address, hostname: name}))
  const stop = new AbortController()
  const working = run([join(packageRoot(), 'bin/selfhelp'), 'worker', '--schedule'], {
    ...{env: cmc.env, cwd: '/'},
    during: ({kill}) => stop.signal.addEventListener('abort', () => kill('SIGINT')),
  })
  const over = new AbortController()
  void working.then(({err}) => over.abort(new Error(`the worker ended: ${err}`)))
  try {
    const jobs = ['certificate-tend', 'certificate-scan', 'edge-ticket-keys']
    await comeDue(ledger, jobs)
    await refillComes(ledger, over.signal)
    for (const job of jobs) await done(ledger, {job, from}, over.signal)
    await done(ledger, {runbook: 'certificate-issue', from}, over.signal)
  } finally {
    stop.abort()
    await working
  }
  const asked = await Promise.all(load.map(loop => loop.end()))
  t.same(
    asked.flatMap(({errors}) => errors),
    [],
    `${asked.map(({asked}) => asked).join(' and ')} requests, all answered`,
  )
  t.not(await leafAt(south, edition), before, 'the certificate that was due is another')
  const scans = await ledger.all<{subject: string}>`
    select subject from evidence where kind = 'tls-scan' and at > ${from}::timestamptz and passed order by subject`
  t.same(
    [...new Set(scans.map(({subject}) => subject))],
    [edition, name].flatMap(each => ['north-1', 'south-1'].map(edge => `${each} at ${edge}`)),
    'every name was scanned at every edge',
  )
  const [sameNorth, otherFront] = await workers()
  t.equal(sameNorth, north, 'where enough backends were free, nothing was loaded anew')
  t.not(otherFront, front, 'where few were left, one hitless reload')
  t.ok((await freeOn(cmc)) >= 64, '32 of each face are free')
  t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
  const page = await must(cmc, 'certificate', 'report', 'acme/production')
  for (const said of ['Everything is as promised.', 'by us, from', 'by you; we ask you for another from'])
    t.match(page, said)
}

/** As after many new tenants: three free backends of each face are left at the front. */
async function fewBackendsLeft(t: Test, cmc: Place['cmc']): Promise<void> {
  const allButThree = `awk -F: '{face = substr($2, 1, 2)} ++seen[face] > 3'`
  const script = [
    'cd /etc/haproxy/selfhelp',
    `grep -l '^# free$' backend.d/*.cfg | ${allButThree} | xargs rm`,
    'cat backend.d/*.cfg >backends.cfg',
    'systemctl reload haproxy',
  ].join(' && ')
  const {exit, err} = await onHost(cmc, 'south-1', 'sh', '-c', script)
  t.equal(exit, 0, err)
  t.equal(await freeOn(cmc), 6, 'few are left')
}

async function freeOn(cmc: Place['cmc']): Promise<number> {
  const {out} = await onHost(
    cmc,
    'south-1',
    'sh',
    '-c',
    'grep -l "^# free$" /etc/haproxy/selfhelp/backend.d/*.cfg | wc -l',
  )
  return Number(out.trim())
}

/** For rows that make up for what was missed it is as if nobody had been there for two days. */
async function comeDue(ledger: Queries, names: readonly string[]): Promise<void> {
  await ledger.all`delete from firing where schedule = any(${names})`
  await ledger.all`update schedule set since = now() - interval '2 days' where name = any(${names})`
}

/** The refill makes up for nothing: its row says the next minute, and is fired then; on a machine too busy for that, the one after. */
async function refillComes(ledger: Queries, over: AbortSignal): Promise<void> {
  for (;;) {
    const at = Temporal.Now.instant().add({seconds: 10}).round({smallestUnit: 'minute', roundingMode: 'ceil'})
    const {hour, minute} = at.toZonedDateTimeISO('UTC')
    await ledger.all`
      update schedule set recurrence = ${`${minute} ${hour} * * *`}, zone = 'UTC', since = now() where name = 'edge-refill'`
    const fired = await until(over, async () => {
      const [one] = await ledger.all<{state: string; run: string | null}>`
        select state, run from firing where schedule = 'edge-refill' and instant = ${at}`
      return one
    })
    if (fired.state === 'fired') return ended(ledger, `sched/edge-refill/${at}`, over)
  }
}

/** The run of a job, or of a runbook, that was asked for since then is done. */
async function done(
  ledger: Queries,
  {job, runbook, from}: {job?: string; runbook?: string; from: string},
  over: AbortSignal,
): Promise<void> {
  const {id} = await until(over, async () => {
    const [one] = await ledger.all<{id: string}>`
      select id from run where queued_at >= ${from}::timestamptz
        and (starts_with(id, ${`sched/${job}/`}) or runbook = ${runbook ?? ''}) order by queued_at limit 1`
    return one
  })
  await ended(ledger, id, over)
}

async function ended(ledger: Queries, id: string, over: AbortSignal): Promise<void> {
  const {state, stopped} = await until(over, async () => {
    const run = await runById(ledger, id)
    return ['queued', 'running', 'undoing'].includes(run.state) ? undefined : run
  })
  if (state !== 'done') throw new Error(`${id} is ${state}: ${JSON.stringify(stopped)}`)
}

async function until<T>(over: AbortSignal, ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    over.throwIfAborted()
    await sleep(250)
  }
}
