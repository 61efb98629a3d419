import {Temporal} from 'temporal-polyfill'
import {engineOf, measured, proven, scratchGone} from '../backup/steps.ts'
import {fullName, stateIn} from '../environment/model.ts'
import {lettingIn, opened} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {lastGoodDrills} from '../ledger/backup.ts'
import {changeRestore, restoreById} from '../ledger/restore.ts'
import type {Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {closedAtMost, type Safe, type Work} from './work.ts'

/** The request is being worked on; given up, it waits as before. */
export function begun({platform, input}: Work): Fact & {readonly undo: Undo} {
  const {ledger} = platform
  const {restore: id, from, to} = input
  const waiting = from[0] ?? 'agreed'
  return {
    holds: async at => (await restoreById(ledger, id))?.run === at.run,
    make: async at => {
      if (await changeRestore(ledger, {id, from}, {state: 'running', run: at.run})) return
      throw new Refusal('restore-state', `Request ${id} is no longer ${from.join(' or ')}; it cannot become ${to}.`, {
        remedies: [`selfhelp restore show ${id}`],
      })
    },
    undo: {
      kind: 'by',
      undo: async at =>
        void (await changeRestore(ledger, {id, from: ['running']}, {state: waiting, detail: {givenUp: at.run}})),
    },
  }
}

/** Its full was restored within a day, or is now, before anybody is kept out. */
export function chainProven({platform, which}: Pick<Safe, 'platform' | 'which'>): Fact {
  return {
    holds: async () => {
      const environment = await which()
      const drill = (await lastGoodDrills(platform.ledger)).get(environment.id)
      const full = (await engineOf(platform, environment).list()).sets.findLast(({type}) => type === 'full')
      const yesterday = platform.clock.now().subtract({hours: 24})
      return (
        full !== undefined &&
        drill?.backup.startsWith(full.label) === true &&
        Temporal.Instant.compare(drill.at, yesterday) > 0
      )
    },
    make: async at => {
      at.tell('no test restore within a day: one is made before anybody is kept out')
      for (const fact of [measured(platform, which), proven(platform, which), scratchGone(platform, which)])
        if (!(await fact.holds(at))) await fact.make(at)
    },
  }
}

/** Nobody writes: the services show a page, and open by themselves at the bracket's end. */
export function frozen(work: Work): Fact {
  const {platform, input, which} = work
  const closed = closedMeanwhile(work)
  return {
    holds: at => closed.holds(at),
    make: async at => {
      const now = platform.clock.now()
      const until = now.add(Temporal.Duration.from(closedAtMost)).round('second').toString()
      const known = await closedBy(work)
      const windows = {...known, [at.run]: {from: known[at.run]?.from ?? now.toString()}}
      await changeRestore(platform.ledger, {id: input.restore, from: ['running']}, {detail: {until, closed: windows}})
      if (!(await closed.holds(at))) await closed.make(at)
      at.tell(`${fullName(await which())} is closed; at the latest it opens at ${until}`)
    },
  }
}

/** The services are told that they are closed, and until when; else what they are is as the ledger says. */
export function closedMeanwhile(work: Work): Fact {
  const {platform, which} = work
  return lettingIn(
    platform,
    async () => [await which()],
    async environment => ({...stateIn(environment), mode: 'closed' as const, until: await untilOf(work)}),
  )
}

/** People come in again. */
export function openedAgain(work: Work): Fact {
  const {platform, input, which} = work
  const open = opened(platform, async () => [await which()])
  return {
    // Open is not enough: which moments nobody can be taken back to is known once it is written down.
    holds: async at => (await closedBy(work))[at.run]?.to !== undefined && (await open.holds(at)),
    make: async at => {
      if (!(await open.holds(at))) await open.make(at)
      const windows = await closedBy(work)
      const to = platform.clock.now().toString()
      const closed = {...windows, [at.run]: {from: windows[at.run]?.from ?? to, to}}
      await changeRestore(platform.ledger, {id: input.restore, from: ['running']}, {detail: {closed}})
    },
  }
}

/** It is written down what it is now. */
export function ended({platform, input}: Work): Fact {
  const {restore: id, to} = input
  return {
    holds: async at => {
      const row = await restoreById(platform.ledger, id)
      return row?.state === to && row.run === at.run
    },
    make: async () => {
      await changeRestore(platform.ledger, {id, from: ['running']}, {state: to, endedAt: platform.clock.now()})
    },
  }
}

/** From when to when each run kept people out. */
async function closedBy({platform, input}: Work): Promise<Record<string, {from: string; to?: string}>> {
  const {closed = {}} = (await restoreById(platform.ledger, input.restore))?.detail ?? {}
  return closed as Record<string, {from: string; to?: string}>
}

async function untilOf({platform, input}: Work): Promise<string> {
  return String((await restoreById(platform.ledger, input.restore))?.detail.until)
}
