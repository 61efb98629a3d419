import {Temporal} from 'temporal-polyfill'
import {backedUp, engineOf} from '../backup/steps.ts'
import {asEnvironment, type Environment} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug, Failure, Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type RestoreRow, type RestoreState, restoreById, restores, timelinesOf} from '../ledger/restore.ts'
import {type Line, outOfReach, type Reach, reachOf} from './model.ts'

/** What is known of an environment's backups when a restore is thought about; asks hosts, changes nothing. */
export interface Known {
  readonly environment: Environment
  readonly repository: Awaited<ReturnType<ReturnType<typeof engineOf>['list']>>
  readonly lines: readonly Line[]
  readonly reach: Reach
}

/** Asks what can be restored. Throws `backup-inactive` (R120), `backup-engine-failed`. */
export async function knownOf(platform: Platform, typed: string): Promise<Known> {
  const environment = await backedUp(platform.ledger, typed)
  const engine = engineOf(platform, environment)
  const [repository, archive] = await Promise.all([engine.list(), engine.archive()])
  const [lines, rows] = await Promise.all([
    timelinesOf(platform.ledger, environment.id),
    restores(platform.ledger, {open: false, limit: 1000}),
  ])
  const closed = rows
    .filter(row => row.environment === environment.id && row.copiedTo === undefined)
    .flatMap(closedWindows)
  const reach = reachOf({...repository, newest: archive.newest, closed})
  if (repository.trouble === undefined && reach !== undefined) return {environment, repository, lines, reach}
  throw new Failure(
    'backup-engine-failed',
    `Nothing of ${typed} can be restored now: ${repository.trouble ?? 'there is no backup yet'}.`,
    {
      facts: {environment: typed, said: repository.trouble},
      remedies: [`selfhelp backup status ${typed}`],
    },
  )
}

/** Throws `restore-out-of-reach` with the range that is reached. */
export function refuseOutOfReach(typed: string, {reach}: Pick<Known, 'reach'>, target: RestoreRow['target']): void {
  const why = outOfReach(reach, target)
  if (why === undefined) return
  const range = `${reach.from} to ${reach.to}`
  throw new Refusal(
    'restore-out-of-reach',
    `${typed} cannot be put back to ${target}: ${why}. It reaches from ${range}.`,
    {
      facts: {environment: typed, target: target.toString(), reach},
      remedies: [`Ask for a moment from ${range}.`, `selfhelp backup status ${typed}`],
    },
  )
}

/** A request with its environment. Throws `not-found`, and `restore-state` when it is in none of these states. */
export async function restoreIn(
  ledger: Queries,
  id: string,
  states?: readonly RestoreState[],
): Promise<{row: RestoreRow; environment: Environment; into: Environment | undefined}> {
  const row = await restoreById(ledger, id)
  if (row === undefined)
    throw new Refusal('not-found', `There is no request ${id}.`, {remedies: ['selfhelp restore list']})
  if (states !== undefined && !states.includes(row.state))
    throw new Refusal(
      'restore-state',
      `Request ${id} is ${row.state}; this needs one that is ${states.join(' or ')}.`,
      {
        facts: {id, state: row.state, needed: states},
        remedies: [`selfhelp restore show ${id}`],
      },
    )
  const all = (await environmentsOf(ledger)).map(asEnvironment)
  const environment = all.find(one => one.id === row.environment)
  if (environment === undefined) throw new Bug(`request ${id} is about an environment that is gone`)
  return {row, environment, into: all.find(one => one.id === row.copiedTo)}
}

function closedWindows({detail}: RestoreRow) {
  const closed = (detail.closed ?? {}) as Record<string, {from: string; to?: string}>
  return Object.values(closed).flatMap(({from, to}) =>
    to === undefined ? [] : [{from: Temporal.Instant.from(from), to: Temporal.Instant.from(to)}],
  )
}
