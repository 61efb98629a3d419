import {paint, type Tone} from './paint.ts'
import type {Out} from './streams.ts'

interface Cell {
  readonly text: string
  readonly tone: Tone
}

const gap = 2
const narrowest = 4

/** An aligned table no wider than the terminal: the widest columns give way first, with an ellipsis. */
export function drawTable(heads: readonly string[], rows: readonly (readonly Cell[])[], out: Out): string {
  const wanted = heads.map((head, at) => Math.max(length(head), ...rows.map(row => length(row[at]?.text ?? ''))))
  const widths = fit(wanted, out.columns - gap * (heads.length - 1))
  const head = heads.map(text => ({text: text.toUpperCase(), tone: 'dim' as const}))
  return [head, ...rows].map(row => `${drawRow(row, widths, out)}\n`).join('')
}

function drawRow(row: readonly Cell[], widths: readonly number[], out: Out): string {
  const cells = row.map(({text, tone}, at) => {
    const width = widths[at] ?? 0
    const cut = clip(text.replace(/\s+/g, ' '), width)
    const padding = at === row.length - 1 ? '' : ' '.repeat(width - length(cut))
    return paint(out, tone, cut) + padding
  })
  return cells.join(' '.repeat(gap)).trimEnd()
}

/** Takes a character at a time from the widest column until all fit, but leaves each its narrowest. */
export function fit(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted]
  let over = widths.reduce((sum, width) => sum + width, 0) - room
  while (over > 0) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.lastIndexOf(widest)] = widest - 1
    over--
  }
  return widths
}

function clip(text: string, width: number): string {
  return length(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`
}

function length(text: string): number {
  return [...text].length
}
