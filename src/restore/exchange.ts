import {differences, engineOf, type Figures, figuresIn, remeasuring} from '../backup/steps.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {clusters, environmentLock, smoke} from '../environment/steps.ts'
import {type CodedError, Failure, Refusal} from '../error.ts'
import {figuresAt} from '../ledger/backup.ts'
import {putTimeline} from '../ledger/restore.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {clear, foldersOf, foldersThere, reach, swap} from './swap.ts'
import {pointBefore} from './way-back.ts'
import {type Going, goalOf} from './work.ts'

/** The target lies beside the real data and was replayed to its goal: nothing has been touched, and it is known to be reached. */
export function laidOut({platform, input, which}: Going): Fact & {readonly undo: Undo} {
  const there = async () => foldersThere(platform, await which(), input.restore)
  return {
    holds: async () => {
      const {next, before, reached} = await there()
      return before || (next && reached)
    },
    make: async at => {
      const environment = await which()
      const {next} = foldersOf(environment, input.restore)
      await clear({platform, environment}, {folder: next, anew: true}, at)
      const restoring = {set: input.set, timeline: input.timeline, goal: goalOf(input)}
      at.tell(`laying out ${input.set}`)
      await engineOf(platform, environment).restore({into: next, restoring, archiving: true}, at)
      at.tell('replaying WAL up to the target')
      await reach({platform, environment, restore: input.restore}, at)
    },
    undo: {
      kind: 'by',
      undo: async at => {
        const environment = await which()
        await clear({platform, environment}, {folder: foldersOf(environment, input.restore).next}, at)
      },
    },
  }
}

/** The cluster is open at the target, on a line of its own; what it was is kept beside it, and comes back when it must. */
export function atTheTarget(work: Going): Fact & {readonly undo: Undo} {
  const {platform, input, which, kept} = work
  const {ledger, clock} = platform
  return {
    holds: async at => (await kept.detail()).exchangedBy === at.run,
    make: orBack(work, async at => {
      const environment = await which()
      const timeline = await swap(platform, {environment, restore: input.restore, way: 'in'}, at)
      // An older password of the application may have come back with it.
      const asWanted = clusters(platform, async () => [environment])
      if (!(await asWanted.holds(at))) await asWanted.make(at)
      await putTimeline(ledger, {environment: environment.id, since: clock.now(), timeline})
      await kept.keep({exchangedBy: at.run, timeline})
      at.tell(`open on timeline ${timeline}`)
    }),
    undo: {kind: 'by', undo: at => backToBefore(work, at)},
  }
}

/** The application finds itself in what was restored, and it is of no later than the target (R240, R241). */
export function checksHold(work: Going): Fact {
  const {which, kept} = work
  let held = false
  return {
    holds: async () => held,
    make: orBack(work, async at => {
      const environment = await which()
      const problems = await smoke(work.platform, environment, at)
      if (problems.length > 0) throw failed(environment, problems)
      const found = await measureLive(work, environment, at)
      await kept.keep({found})
      held = true
    }),
  }
}

/** A new line has no backup of its own; what is behind it must not be needed for long. */
export function newFull(work: Going): Fact {
  const {platform, which, kept} = work
  return {
    holds: async at => (await kept.detail()).fullBy === at.run,
    make: orBack(work, async at => {
      const set = await engineOf(platform, await which()).take('full', at)
      await kept.keep({fullBy: at.run, full: set.label})
    }),
  }
}

/** What was there before is gone from the host; the repository has it. */
export function oldDataGone({platform, input, which}: Going): Fact {
  return {
    holds: async () => {
      const {next, before} = await foldersThere(platform, await which(), input.restore)
      return !next && !before
    },
    make: async at => {
      const environment = await which()
      const {next, before} = foldersOf(environment, input.restore)
      for (const folder of [next, before]) await clear({platform, environment}, {folder}, at)
    },
  }
}

/** Nobody is kept out while an outside failure is looked into: tried three times, it goes back to the state before. */
export function orBack({which}: Pick<Going, 'which'>, make: (at: At) => Promise<void>): (at: At) => Promise<void> {
  return async at => {
    for (let tries = 1; ; tries++) {
      try {
        return await make(at)
      } catch (error) {
        if (!(error instanceof Failure) || error.code === 'ledger-unreachable' || error.code === 'interrupted')
          throw error
        if (tries === 3) throw gaveUp(fullName(await which()), error)
        at.tell(`${error.message} Tried again.`)
      }
    }
  }
}

async function backToBefore(work: Going, at: At): Promise<void> {
  const {platform, input, which} = work
  const environment = await which()
  const timeline = await swap(platform, {environment, restore: input.restore, way: 'out'}, at)
  await putTimeline(platform.ledger, {environment: environment.id, since: platform.clock.now(), timeline})
  const before = (await figuresAt(platform.ledger, pointBefore(at.run)))?.figures as Figures | undefined
  const found = await measureLive(work, environment, at)
  const other = before ? differences(before, found) : []
  if (other.length > 0)
    throw new Failure(
      'run-stopped-past-return',
      `${fullName(environment)} is back, and does not hold what it held: ${other.join('; ')}.`,
      {
        facts: {differences: other},
        remedies: [`selfhelp restore undo ${input.restore}`],
      },
    )
  at.tell('the state before is back, equal to the row')
}

/** What it holds now, to the row. */
export async function measureLive(
  {platform}: Pick<Going, 'platform'>,
  environment: Environment,
  at: At,
): Promise<Figures> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const {args, input} = remeasuring({port: environment.ports.database})
  const fence = at.fence(environmentLock(environment.id))
  const [answer] = await machine.act(`${at.run}-live-${crypto.randomUUID()}`, [{act: 'run_as', args, input}], fence)
  return figuresIn(answer, 'live')
}

function failed(environment: Environment, problems: readonly string[]): Refusal {
  const name = fullName(environment)
  return new Refusal(
    'restore-failed',
    `${name} does not work as it was restored: ${problems.join('; ')}. The state before comes back.`,
    {
      facts: {environment: name, problems},
      remedies: ['Its schema of then may need its release of then: selfhelp release list'],
    },
  )
}

function gaveUp(name: string, cause: CodedError): Refusal {
  return new Refusal('restore-failed', `${name} could not be restored: ${cause.message} The state before comes back.`, {
    facts: {environment: name, ...cause.facts},
    remedies: cause.remedies,
    cause,
  })
}
