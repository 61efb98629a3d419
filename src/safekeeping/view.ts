import type {LedgerDrillRow} from '../ledger/drill.ts'
import type {RunResult} from '../runbook/view.ts'
import type {View} from '../terminal/view.ts'
import type {LedgerBackups} from './list.ts'
import type {RestoredLedger} from './restore.ts'

/** What there is, where it is kept, and whether it was proven. */
export function backupRows({items, kept, drills}: LedgerBackups): View {
  const rows = items.map(one => [
    one.label,
    one.type,
    one.endedAt,
    megabytes(one.size.database),
    megabytes(one.size.repository),
  ])
  const [last] = drills
  const proven =
    last === undefined
      ? 'never'
      : {
          text: `${last.at}: ${last.ok ? 'the same' : 'not the same'}`,
          tone: last.ok ? ('good' as const) : ('bad' as const),
        }
  return [
    {
      heads: ['backup', 'type', 'ended', 'ledger', 'kept'],
      rows,
      empty: 'There is none yet: selfhelp ledger backup --to HOST',
    },
    ...(kept === undefined
      ? []
      : [{fields: {'kept on': kept.host, 'all of it arrived': kept.arrivedAt, 'last test restore': proven}}]),
  ]
}

/** What was taken and brought away, or would be. */
export function backedUp(about: {type: string; host: string; folder: string}, run?: RunResult, last?: LedgerBackups) {
  const result = {...about, run: run?.run, state: run?.state, backup: last?.items.at(-1)}
  if (run === undefined)
    return {result, view: `A ${about.type} backup of the ledger would be taken and brought to ${about.host}.`}
  if (run.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  const kit = 'Keep a copy of recovery/ledger-kit.json elsewhere: with a recovery key it brings all of this back.'
  return {result, view: [`${last?.items.at(-1)?.label} is on ${about.host} (run ${run.run}).`, kit]}
}

/** What a test restore gave, or that there would be one. */
export function drilled(run?: RunResult, drill?: LedgerDrillRow) {
  const result = {run: run?.run, state: run?.state, drill}
  if (run === undefined)
    return {result, view: 'The ledger would be restored beside itself, from the other host, and compared.'}
  if (run.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  return {result, view: `The ledger was restored from the other host, and holds the same (run ${run.run}).`}
}

/** What is there again, and what a person does next. */
export function restored(result: RestoredLedger): View {
  const {home, from, at, journal, stopped} = result
  const fields = {
    home,
    from,
    'as of': at ?? 'the end of what was kept',
    'journal ends at': journal?.sequence,
    'runs stopped': stopped.length,
  }
  return [
    {fields},
    'Whatever was done after that moment is not in it: operators that were retired since are operators again.',
    '→ selfhelp run list',
    '→ selfhelp operator list',
    '→ selfhelp doctor',
    '→ selfhelp ledger backup',
  ]
}

/** What a restore would do. */
export function restorePlanned(about: {home: string; from: string; at: string | undefined}) {
  return {
    result: about,
    view: `A ledger would be made in ${about.home} from what ${about.from} keeps${about.at ? `, as of ${about.at}` : ''}.`,
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
