import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'
import {releaseLocks} from './lock.ts'
import {runs, supersedeRun, unfinished} from './run.ts'
import {putSetting} from './setting.ts'

/** What a restored ledger forgot, nobody knows. So nothing of it goes on by itself, and no epoch is used a second time. */
export async function beginAnew(tx: Queries, at: Temporal.Instant): Promise<{stopped: string[]}> {
  // Hosts may have heard of epochs that are forgotten here: these begin above any number that was counted one by one.
  await putSetting(tx, 'epoch-floor', Math.floor(at.epochMilliseconds / 1000))
  const open = await runs(tx, {states: unfinished, limit: 100_000})
  for (const {id, stopped, runbook} of open) {
    const message = `The ledger was restored at ${at}: what this run did after the moment it was restored to is not known.`
    const remedies = [`selfhelp run show ${id}`, `selfhelp run resume ${id}`, `selfhelp run abandon ${id}`]
    const trouble = {kind: 'failure', code: 'run-stopped', message, remedies} as const
    await supersedeRun(tx, id, {exit: 4, way: stopped?.way ?? 'forward', trouble})
    // Whatever brought this ledger to safety was under way at its every moment.
    if (runbook.startsWith('ledger-'))
      await tx.all`update run set state = 'abandoned', ended_at = ${at} where id = ${id}`
    await releaseLocks(tx, id)
  }
  await tx.all`update executor set ended_at = ${at} where ended_at is null`
  return {stopped: open.filter(({runbook}) => !runbook.startsWith('ledger-')).map(({id}) => id)}
}
