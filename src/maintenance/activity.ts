import {Temporal} from 'temporal-polyfill'
import {asEnvironment, type Environment, fullName, hostsOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {backendName} from '../host/steps.ts'
import {type ActivityRow, newestActivity, putActivity} from '../ledger/activity.ts'
import {environmentsOf} from '../ledger/environment.ts'
import {hosts} from '../ledger/host.ts'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'

/** So long ago is looked at most, when nobody counted for a while. */
const most = {hours: 26}
const keep = {hours: 24 * 35}
const quarter = 900

/** How many requests each environment had in each quarter of an hour, from the logs of its edges, kept five weeks (R163). */
export function activityCount(platform: Platform): Runbook<object> {
  let counted = false
  return runbook<object>({
    id: 'activity-count',
    bySchedule: true,
    change: 'provision',
    title: () => 'count requests of every environment',
    subject: () => 'activity',
    tenant: () => undefined,
    environments: () => [],
    locks: () => ['activity:count'],
    steps: () => [
      step('requests-are-counted', {
        holds: async () => counted,
        make: async at => {
          const {ledger, clock} = platform
          const now = clock.now()
          const since = sinceOf(await newestActivity(ledger), now)
          const edges = (await hosts(ledger)).filter(({roles, retiredAt}) => roles.includes('edge') && !retiredAt)
          // One that is away would make it look quiet: the next hour counts these quarters again.
          const counts = await Promise.all(edges.map(({name}) => countsOf(platform, name, since)))
          const environments = (await environmentsOf(ledger)).map(asEnvironment)
          const rows = rowsOf(environments, counts, {since, until: now.epochMilliseconds / 1000})
          await putActivity(ledger, rows, now.subtract(keep))
          at.tell(
            `${rows.reduce((sum, {requests}) => sum + requests, 0)} requests of ${environments.length} environments`,
          )
          counted = true
        },
      }),
    ],
  })
}

/** From the quarter before the last one known: that was counted while it went on. */
function sinceOf(newest: Temporal.Instant | undefined, now: Temporal.Instant): number {
  const first = now.subtract(most)
  const from = newest && Temporal.Instant.compare(newest, first) > 0 ? newest.subtract({minutes: 15}) : first
  return Math.floor(from.epochMilliseconds / 1000 / quarter) * quarter
}

/** Requests by `QUARTER BACKEND`. */
export type Counts = ReadonlyMap<string, number>

async function countsOf(platform: Platform, host: string, since: number): Promise<Counts> {
  const machine = await platform.machine(host)
  const journal = `journalctl --no-pager -q -u haproxy.service -o short-unix --since=@${since}`
  const args = ['sh', '-c', `${journal} | awk "$1"`, 'count', counting]
  const [answer] = await machine.ask([{ask: 'run', args}])
  if (answer?.exit === 0) return countsIn(answer.out)
  throw new Failure('action-failed', `The log of the edge ${host} could not be read.`, {
    facts: {host, said: answer?.err.slice(-500)},
  })
}

/** Lines of `journalctl -o short-unix`: time, host, program, client, accepted, frontend, backend/server. */
/** Public for its test: an awk program. */
export const counting = `$6 ~ /^https/ && split($7, to, "/") == 2 && to[1] ~ /:[0-9]+$/ { n[int($1 / ${quarter}) * ${quarter} " " to[1]]++ }
END { for (each in n) print each, n[each] }`

/** What the host counted. */
export function countsIn(out: string): Counts {
  const lines = out.split('\n').flatMap(line => {
    const [at, backend, requests] = line.split(' ')
    return at && backend && requests ? [[`${at} ${backend}`, Number(requests)] as const] : []
  })
  return new Map(lines)
}

/** Every quarter of the span with its requests at all edges; also those in which nobody came. */
export function rowsOf(
  environments: readonly Environment[],
  counts: readonly Counts[],
  {since, until}: {since: number; until: number},
): readonly ActivityRow[] {
  const rows: ActivityRow[] = []
  for (const environment of environments) {
    const {presentation, edition} = environment.ports
    const own = hostsOf(environment, 'presentation').flatMap(host =>
      [presentation, edition].map(port => backendName({host, port})),
    )
    for (let at = since; at <= until; at += quarter) {
      const requests = counts.reduce(
        (sum, of) => sum + own.reduce((all, name) => all + (of.get(`${at} ${name}`) ?? 0), 0),
        0,
      )
      rows.push({
        environment: fullName(environment),
        quarter: Temporal.Instant.fromEpochMilliseconds(at * 1000),
        requests,
      })
    }
  }
  return rows
}
