import {Temporal} from 'temporal-polyfill'
import type {Tone} from './paint.ts'
import {printable} from './printable.ts'
import type {Out} from './streams.ts'
import {drawFields, drawTable} from './table.ts'
import {wrapProse} from './wrap.ts'

/**
 * What a person sees of a result, as data. A noun's `view.ts` returns it and imports only this type;
 * how it looks on a terminal or in a pipe is decided here.
 */
export type View = string | Table | Fields | Calendar | readonly View[]

/** Rows under heads: aligned and fitted on a terminal, tab-separated without heads in a pipe. */
export interface Table {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** Said instead of an empty table, on stderr when piped. */
  readonly empty?: string
}

/** A calendar for another program, whose lines end with CR LF (RFC 5545 §3.1). */
export interface Calendar {
  readonly ics: string
}

/** One thing's properties, a line each; those without a value are left out. */
export interface Fields {
  readonly fields: Readonly<Record<string, Cell>>
}

/** An instant is told from now in a table, to the minute in its zone among fields, as RFC 3339 UTC in a pipe. */
export type Cell = string | number | boolean | undefined | Temporal.Instant | Moment | Toned

export interface Moment {
  readonly at: Temporal.Instant
  readonly zone: string
}

export interface Toned {
  readonly text: string
  readonly tone: Tone
}

/** Writes a view to a stream, as that stream can show it; `now` is what times in a table are told from. */
export function show(view: View, out: Out, now: Temporal.Instant): void {
  if (typeof view === 'string') {
    if (view !== '') out.write(wrapProse(printable(view.endsWith('\n') ? view : `${view}\n`), out.columns))
  } else if ('ics' in view) out.write(printable(view.ics).replaceAll('\n', '\r\n'))
  else if ('heads' in view) showTable(view, out, now)
  else if ('fields' in view) showFields(view, out)
  else for (const part of view) show(part, out, now)
}

function showTable({heads, rows, empty}: Table, out: Out, now: Temporal.Instant): void {
  if (rows.length === 0) {
    if (out.tty && empty !== undefined) out.write(wrapProse(`${empty}\n`, out.columns))
    return
  }
  if (out.tty)
    out.write(
      drawTable(
        heads,
        rows.map(row => row.map(cell => tableCell(cell, out, now))),
        out,
      ),
    )
  else out.write(rows.map(row => `${row.map(cell => flat(shownCell(cell, out).text)).join('\t')}\n`).join(''))
}

/** In a table on a terminal a time is told from now, which is short and never cut. */
function tableCell(cell: Cell, out: Out, now: Temporal.Instant): Toned | undefined {
  if (cell === undefined || cell === '') return undefined
  const at = cell instanceof Temporal.Instant ? cell : typeof cell === 'object' && 'at' in cell ? cell.at : undefined
  if (at) return {text: fromNow(at, now), tone: 'plain'}
  const shown = shownCell(cell, out)
  return shown.text === '' ? undefined : shown
}

/** `now`, `5 min ago`, `in 3 h`, `12 days ago`. */
export function fromNow(at: Temporal.Instant, now: Temporal.Instant): string {
  const seconds = Math.round((at.epochMilliseconds - now.epochMilliseconds) / 1000)
  const [count, unit] = spoken(Math.abs(seconds))
  if (count === 0) return 'now'
  return seconds < 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`
}

function spoken(seconds: number): [number, string] {
  if (seconds < 100) return [seconds, 's']
  if (seconds < 100 * 60) return [Math.round(seconds / 60), 'min']
  if (seconds < 48 * 3600) return [Math.round(seconds / 3600), 'h']
  return [Math.round(seconds / 86_400), 'days']
}

function showFields({fields}: Fields, out: Out): void {
  const present = Object.entries(fields).flatMap(([name, cell]) =>
    cell === undefined ? [] : [[name, shownCell(cell, out)] as const],
  )
  if (out.tty) out.write(drawFields(present, out))
  else out.write(present.map(([name, {text}]) => `${name}\t${flat(text)}\n`).join(''))
}

function shownCell(cell: Cell, out: Out): Toned {
  if (cell === undefined) return {text: out.tty ? '–' : '', tone: 'plain'}
  if (cell instanceof Temporal.Instant) return {text: moment({at: cell, zone: 'UTC'}, out), tone: 'plain'}
  if (typeof cell !== 'object')
    return {text: typeof cell === 'boolean' ? (cell ? 'yes' : 'no') : printable(`${cell}`), tone: 'plain'}
  return 'at' in cell ? {text: moment(cell, out), tone: 'plain'} : {...cell, text: printable(cell.text)}
}

function moment({at, zone}: Moment, out: Out): string {
  if (!out.tty) return rfc3339(at)
  const local = at.toZonedDateTimeISO(zone).toPlainDateTime()
  return `${local.toString({smallestUnit: 'minute'}).replace('T', ' ')} ${zone}`
}

/** As `at.toString()`, in a fifth of its time. */
function rfc3339(at: Temporal.Instant): string {
  if (at.epochMilliseconds < 0) return at.toString()
  const whole = new Date(at.epochMilliseconds).toISOString().slice(0, -1)
  const below = `${at.epochNanoseconds % 1_000_000n}`.padStart(6, '0')
  return `${`${whole}${below}`.replace(/\.?0+$/, '')}Z`
}

/** One cell is one field of one line, whatever it holds. */
function flat(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ')
}
