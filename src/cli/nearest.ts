/** The known words nearest to what was typed, at most three, none that is far off. */
export function nearest(typed: string, known: readonly string[]): string[] {
  const ranked = known
    .map(word => ({word, away: distance(beginning(typed, word), word)}))
    .filter(({word, away}) => away <= Math.max(2, word.length / 3))
    .toSorted((a, b) => a.away - b.away)
  const best = ranked[0]?.away
  return ranked
    .filter(({away}) => away === best)
    .map(({word}) => word)
    .slice(0, 3)
}

/** Arguments typed after the command (`tenant shwo acme`) do not count. */
function beginning(typed: string, word: string): string {
  return typed.split(' ').slice(0, word.split(' ').length).join(' ')
}

/** Edits between two words; two neighbours swapped count as one. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({length: b.length + 1}, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) row.push(cost(a, b, {rows, row, i, j}))
    rows.push(row)
  }
  return rows.at(-1)?.at(-1) ?? 0
}

interface Cell {
  readonly rows: readonly number[][]
  readonly row: readonly number[]
  readonly i: number
  readonly j: number
}

function cost(a: string, b: string, {rows, row, i, j}: Cell): number {
  const at = (y: number, x: number) => rows[y]?.[x] ?? Number.POSITIVE_INFINITY
  const same = a[i - 1] === b[j - 1] ? 0 : 1
  const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
  return Math.min(at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(i - 1, j - 1) + same, swapped)
}
