import {randomUUID} from 'node:crypto'
import {Temporal} from 'temporal-polyfill'
import {remeasuring} from '../../src/backup/figures.ts'
import {engineOf} from '../../src/backup/pgbackrest.ts'
import {dropScratch, emptyScratch, scratchOf, startScratch} from '../../src/backup/scratch.ts'
import {makeWorld} from '../../src/cli/make-world.ts'
import {environmentLock, platformOf} from '../../src/environment/steps.ts'
import {knownOf} from '../../src/restore/known.ts'
import {lineAt, setFor} from '../../src/restore/model.ts'
import type {At} from '../../src/runbook/model.ts'
import {systemStreams} from '../../src/terminal/streams.ts'

/** Restores one environment to any moment beside itself, with the product's own parts and choices. */
export interface PointInTime extends AsyncDisposable {
  /** What a statement gives in a restore to that moment. */
  at(target: string, sql: string): Promise<string>
}

/** For the production of a tenant, from the home of a centre. */
export async function pointInTime(home: string, name: string): Promise<PointInTime> {
  const never = new AbortController().signal
  const world = makeWorld({
    env: {PATH: process.env.PATH, SELFHELP_HOME: home},
    streams: systemStreams(),
    interruption: {soon: never, now: never},
    quiet: true,
  })
  const platform = await platformOf(world)
  const ledger = await world.ledger()
  return {
    at: async (moment, sql) => {
      const target = Temporal.Instant.from(moment)
      const {environment, repository, lines} = await knownOf(platform, name)
      const lock = environmentLock(environment.id)
      const row = await ledger.one<{epoch: number}>`select epoch from lock where name = ${lock}`
      // Hosts are told of runs the ledger knows; the last one has let go of its lock.
      const last = await ledger.one<{id: string}>`select id from run order by queued_at desc limit 1`
      const run = last?.id ?? ''
      const fence = () => ({lock, run, epoch: row?.epoch ?? 1})
      const at: At = {run, operator: 'test', reason: undefined, fence, tell: () => {}, signal: never}
      const set = setFor(repository.sets, {target, lines})
      if (!set) throw new RangeError(`no backup leads to ${moment}`)
      const scratch = await scratchOf(platform, environment, moment)
      await emptyScratch(scratch, environment, at)
      const restoring = {set: set.label, timeline: lineAt(lines, target), goal: {kind: 'time', at: target}} as const
      await engineOf(platform, environment).restore({into: scratch.folder, restoring, archiving: false}, at)
      await startScratch(scratch, environment, at)
      const {args} = remeasuring(scratch.listening)
      const action = {act: 'run_as', args, input: sql}
      const [answer] = await scratch.machine.act(randomUUID(), [action], fence())
      await dropScratch(scratch, environment, at)
      return answer?.out.trim() ?? ''
    },
    [Symbol.asyncDispose]: () => world.close(),
  }
}
