const context = 3
/** Beyond this many line pairs a comparison costs more than it tells. */
const enough = 4_000_000

/** A unified diff of two texts, as `diff -u` writes it; empty when they are equal. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return ''
  const marked = marks(linesOf(before), linesOf(after))
  return [`--- ${path}`, `+++ ${path}`, ...hunks(marked), ''].join('\n')
}

type Marked = readonly [mark: ' ' | '-' | '+', line: string]

function linesOf(text: string): readonly string[] {
  if (text === '') return []
  const lines = text.split('\n')
  return lines.at(-1) === ''
    ? lines.slice(0, -1)
    : [...lines.slice(0, -1), `${lines.at(-1)}\n\\ No newline at end of file`]
}

function marks(a: readonly string[], b: readonly string[]): readonly Marked[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const same = (line: string): Marked => [' ', line]
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end))
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)]
}

/** The longest common subsequence decides which lines stay. */
function between(a: readonly string[], b: readonly string[]): readonly Marked[] {
  const gone = a.map((line): Marked => ['-', line])
  const come = b.map((line): Marked => ['+', line])
  if (a.length * b.length > enough) return [...gone, ...come]
  const width = b.length + 1
  const length = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => length[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const out: Marked[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      out.push([' ', a[i++] as string])
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) out.push(gone[i++] as Marked)
    else out.push(come[j++] as Marked)
  }
  return [...out, ...gone.slice(i), ...come.slice(j)]
}

function hunks(marked: readonly Marked[]): readonly string[] {
  const out: string[] = []
  let [old, now, from] = [1, 1, 0]
  const advance = (to: number) => {
    for (; from < to; from++) {
      if (marked[from]?.[0] !== '+') old++
      if (marked[from]?.[0] !== '-') now++
    }
  }
  for (const [start, end] of ranges(marked)) {
    advance(start)
    const body = marked.slice(start, end)
    const count = (mark: string) => body.filter(([m]) => m !== mark).length
    out.push(
      `@@ -${span(old, count('+'))} +${span(now, count('-'))} @@`,
      ...body.map(([mark, line]) => `${mark}${line}`),
    )
  }
  return out
}

/** An empty side is counted from the line before it. */
const span = (first: number, count: number) => `${count === 0 ? first - 1 : first},${count}`

function ranges(marked: readonly Marked[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  for (const [n, [mark]] of marked.entries()) {
    if (mark === ' ') continue
    const [start, end] = [Math.max(0, n - context), Math.min(marked.length, n + context + 1)]
    const last = found.at(-1)
    if (last && start <= last[1]) last[1] = end
    else found.push([start, end])
  }
  return found
}
