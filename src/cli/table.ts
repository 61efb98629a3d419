import {paint, type Tone} from './paint.ts'
import type {Out} from './streams.ts'

interface Cell {
  readonly text: string
  readonly tone: Tone
}

const gap = 2
const narrowest = 4

/**
 * An aligned table no wider than the terminal. The widest columns give way first: they are cut with an ellipsis, but
 * the last is wrapped, so that no remedy is lost. A column without any value is left out.
 */
export function drawTable(
  heads: readonly string[],
  rows: readonly (readonly (Cell | undefined)[])[],
  out: Out,
): string {
  const kept = heads.flatMap((_, at) => (rows.some(row => row[at] !== undefined) ? [at] : []))
  const head = kept.map(at => ({text: heads[at]?.toUpperCase() ?? '', tone: 'dim' as const}))
  const shown = [head, ...rows.map(row => kept.map(at => row[at] ?? nothing))]
  const wanted = kept.map((_, at) => Math.max(...shown.map(row => length(row[at]?.text ?? ''))))
  const widths = fit(wanted, out.columns - gap * (kept.length - 1))
  return shown.map(row => drawRow(row, widths, out)).join('')
}

const nothing: Cell = {text: '–', tone: 'dim'}

function drawRow(row: readonly Cell[], widths: readonly number[], out: Out): string {
  const before = row.slice(0, -1).map(({text, tone}, at) => {
    const width = widths[at] ?? 0
    const cut = clip(text.replace(/\s+/g, ' '), width)
    return paint(out, tone, cut) + ' '.repeat(width - length(cut) + gap)
  })
  const {text, tone} = row.at(-1) ?? nothing
  const indent = ' '.repeat(widths.slice(0, -1).reduce((sum, width) => sum + width + gap, 0))
  const last = wrap(text.replace(/\s+/g, ' '), widths.at(-1) ?? 0).map(line => paint(out, tone, line))
  const lines = last.map((line, at) => (at === 0 ? before.join('') : indent) + line)
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

/** Breaks at spaces, and within a word only when the word alone is too long. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(each => pieces(each, width))) {
    if (line !== '' && length(line) + 1 + length(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function pieces(word: string, width: number): string[] {
  const letters = [...word]
  const size = Math.max(1, width)
  return letters.length <= size
    ? [word]
    : Array.from({length: Math.ceil(letters.length / size)}, (_, at) =>
        letters.slice(at * size, (at + 1) * size).join(''),
      )
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
