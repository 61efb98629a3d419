import {paint, type Tone} from './paint.ts'
import type {Out} from './streams.ts'
import {isTyped, length, longestPart, wrap} from './wrap.ts'

interface Cell {
  readonly text: string
  readonly tone: Tone
}

const gap = 2

/**
 * An aligned table no wider than the terminal. The widest columns give way first, and are wrapped between words. Where not
 * even the words fit beside each other, each row is told as fields. A column without any value is left out.
 */
export function drawTable(
  heads: readonly string[],
  rows: readonly (readonly (Cell | undefined)[])[],
  out: Out,
): string {
  const kept = heads.flatMap((_, at) => (rows.some(row => row[at] !== undefined) ? [at] : []))
  const body = rows.map(row => kept.map(at => oneLine(row[at] ?? nothing)))
  const head = kept.map(at => ({text: heads[at]?.toUpperCase() ?? '', tone: 'dim' as const}))
  const shown = [head, ...body]
  const room = out.columns - gap * (kept.length - 1)
  const wanted = kept.map((_, at) => Math.max(...shown.map(row => length(row[at]?.text ?? ''))))
  if (sum(wanted) <= room) return shown.map(row => drawRow(row, wanted, out)).join('')
  const least = kept.map((_, at) => Math.max(...shown.map(row => longestWord(row[at]?.text ?? ''))))
  if (sum(least) <= room) return shown.map(row => drawRow(row, fit(wanted, least, room), out)).join('')
  const names = kept.map(at => heads[at] ?? '')
  return body.map(row => drawFields(told(row, names), out)).join('\n')
}

const nothing: Cell = {text: '–', tone: 'dim'}
/** As fields, those that have a value. */
const told = (row: readonly Cell[], names: readonly string[]) =>
  row.flatMap((cell, at) => (cell.text === nothing.text ? [] : [[names[at] ?? '', cell] as const]))

const oneLine = ({text, tone}: Cell): Cell => ({text: text.replace(/\s+/g, ' '), tone})
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
const longestWord = (text: string) => Math.max(...text.split(' ').map(longestPart))

function drawRow(row: readonly Cell[], widths: readonly number[], out: Out): string {
  const cells = row.map(({text}, at) => wrap(text, widths[at] ?? 0))
  const lines = Array.from({length: Math.max(...cells.map(lines => lines.length))}, (_, n) =>
    cells.map((lines, at) => {
      const text = lines[n] ?? ''
      return paint(out, row[at]?.tone ?? 'plain', text) + ' '.repeat((widths[at] ?? 0) - length(text))
    }),
  )
  return lines.map(cells => `${cells.join(' '.repeat(gap)).trimEnd()}\n`).join('')
}

/** Takes a character at a time from the widest column until all fit, but leaves each its least. */
export function fit(wanted: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...wanted]
  for (let over = sum(widths) - room; over > 0; over--) {
    const giving = widths.flatMap((width, at) => (width > (least[at] ?? 0) ? [width] : []))
    if (giving.length === 0) break
    const widest = Math.max(...giving)
    const at = widths.findLastIndex((width, at) => width === widest && width > (least[at] ?? 0))
    widths[at] = widest - 1
  }
  return widths
}

/**
 * One thing's properties, a line each; a long one goes on below itself, and one with a word that finds no room there stands
 * below its name. What is to be typed stays one line.
 */
export function drawFields(fields: readonly (readonly [name: string, cell: Cell])[], out: Out): string {
  const width = Math.max(0, ...fields.map(([name]) => length(name)))
  return fields
    .map(([name, {text, tone}]) => {
      const prose = text.split('\n').filter(line => !isTyped(line))
      const below = Math.max(0, ...prose.map(longestWord)) > out.columns - width - gap
      const indent = ' '.repeat(below ? gap : width + gap)
      const lines = text
        .split('\n')
        .flatMap(line => (isTyped(line) ? [line] : wrap(line, out.columns - indent.length)))
        .map(line => paint(out, tone, line))
      const head = paint(out, 'dim', below ? name : name.padEnd(width))
      return `${head}${below ? `\n${indent}` : ' '.repeat(gap)}${lines.join(`\n${indent}`)}\n`
    })
    .join('')
}
