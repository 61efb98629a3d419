import type {TransferRow} from '../ledger/transfer.ts'
import type {RunResult} from '../runbook/view.ts'
import type {Cell, View} from '../terminal/view.ts'
import type {DestinationShown} from './destination.ts'
import {opening} from './model.ts'

/** Where copies go, with what is not well about it. */
export function destinationRows(items: readonly DestinationShown[]): View {
  return {
    heads: ['environment', 'goes to', 'pinned', 'last arrived', 'as', 'warning'],
    rows: items.map(({environment, to, pinned, lastArrived, lastFile, warnings}): Cell[] => {
      const warning: Cell = warnings.length === 0 ? undefined : {text: warnings.join('; '), tone: 'warn'}
      return [environment, to, pinned ? 'yes' : 'no', lastArrived, lastFile, warning]
    }),
    empty: 'No copy goes anywhere: selfhelp backup destination TENANT/production --to …',
  }
}

/** The copy that was sent, or would be. */
export function transferred(
  about: {readonly environment: string; readonly to: string},
  run?: RunResult,
  row?: TransferRow,
) {
  const {environment, to} = about
  const copy = row && {file: row.file, bytes: row.bytes, sha256: row.sha256, arrivedAt: row.arrivedAt}
  const result = {environment, to, run: run?.run, state: run?.state, copy}
  if (run === undefined) return {result, view: `A copy of ${environment} would go to ${to}.`}
  if (run.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  return {result, view: [`${copy?.file} is at ${to}: ${copy?.bytes} bytes, SHA-256 ${copy?.sha256} (run ${run.run})`]}
}

/** Where the key is, and what opens a copy with it. */
export function keyWritten(environment: string, {file, plan}: {readonly file: string; readonly plan: boolean}) {
  const view = [
    plan
      ? `The key would be written to ${file}.`
      : `The key is in ${file}: give it to the customer by another channel than the copies, then delete it.`,
    `They open a copy with: ${opening('FILE')}`,
  ]
  return {result: {environment, file, opening: opening('FILE')}, view}
}
