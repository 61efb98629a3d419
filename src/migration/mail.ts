import {withdrawNotice} from '../ledger/notice.ts'
import {enqueueNotice, noticeFor} from '../notice/steps.ts'
import type {Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import type {Work} from './work.ts'

/** R141, R153: one mail for a run, and only after success; the run that goes back takes it back. */
export function mailed(
  {platform: {ledger, clock}, input}: Work,
  what: 'qualified' | 'done' | 'rolled-back',
): Fact & {undo: Undo} {
  const {tenant, name, migration, to} = input
  const event = (run: string) => `migration/${migration}/${run}/${what}`
  const about = {kind: `migration-${what}`, tenant, environment: `${tenant}/${name}`, what: to} as const
  return {
    holds: async at => (await noticeFor(ledger, event(at.run))) !== undefined,
    make: at =>
      ledger.transaction(async tx => {
        const roles = ['operations', 'decision']
        await enqueueNotice(tx, {...about, event: event(at.run), roles}, clock.now())
      }),
    undo: {kind: 'by', undo: at => withdrawNotice(ledger, event(at.run), clock.now())},
  }
}
