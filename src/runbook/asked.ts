import {Refusal} from '../error.ts'
import type {RunRow} from '../ledger/run.ts'
import type {Kernel} from './kernel.ts'
import {hashOf, type RunAsked} from './request.ts'

/**
 * Refuses, with `signature-invalid`, a run that is not the one its operator signed: whoever can write to the ledger can
 * neither alter what a run does nor put a signature under another run.
 */
export async function assertAsked(kernel: Pick<Kernel, 'verify'>, row: Row): Promise<void> {
  await kernel.verify(row)
  const {operator, reason, run} = row.request as {operator?: string; reason?: string; run?: RunAsked}
  const differs = [
    ...(run?.id === row.id ? [] : ['id']),
    ...(run?.runbook === row.runbook ? [] : ['runbook']),
    ...(run?.inputHash === hashOf(row.input) ? [] : ['input']),
    ...(operator === row.operator ? [] : ['operator']),
    ...(reason === row.reason ? [] : ['reason']),
  ]
  if (differs.length === 0) return
  throw new Refusal('signature-invalid', `Run ${row.id} is not what its operator signed; nothing was done.`, {
    runId: row.id,
    facts: {differs},
    remedies: ['selfhelp journal verify', `selfhelp journal list shows what was asked as ${row.id}.`],
  })
}

type Row = Pick<RunRow, 'id' | 'runbook' | 'input' | 'operator' | 'reason' | 'request' | 'signature'>
