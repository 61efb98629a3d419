/** Lines of at most so many characters: broken at spaces, and within a word only when the word alone is too long. */
export function wrap(text: string, width: number): string[] {
  const most = Math.max(1, width)
  return filled(
    text.split(' ').flatMap(word => pieces(word, most)),
    most,
  )
}

/** In characters, as a terminal counts them. */
export function length(text: string): number {
  return [...text].length
}

/**
 * A paragraph broken at spaces only, each line as far in as the text of the first; what is to be typed stays one line, one
 * of its own where it ends a sentence.
 */
export function wrapProse(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap(line => proseLines(line, width))
    .join('\n')
}

function proseLines(line: string, width: number): string[] {
  if (length(line) <= width || isTyped(line)) return [line]
  const [, before, typed = ''] = /^(.*[:;]) ((?:selfhelp|curl) .*)$/.exec(line) ?? []
  if (before !== undefined && isTyped(typed)) return [...proseLines(before, width), `  ${typed}`]
  const indent = ' '.repeat(/^\s*(?:- )?/.exec(line)?.[0].length ?? 0)
  const lead = line.slice(0, indent.length)
  return filled(line.slice(indent.length).split(' '), width - indent.length).map(
    (part, at) => (at ? indent : lead) + part,
  )
}

/** A command line and nothing else: broken, it could not be copied. */
export function isTyped(line: string): boolean {
  return /^\s*(?:[\w ]{1,20}: |→ )?(?:curl .*|selfhelp [^,;:]*)$/.test(line)
}

/** Words up to here are broken only where a line of their own is too short: names, addresses, fingerprints, hashes. */
const longestWhole = 72

/** The width a word needs: up to a limit all of it, beyond that its longest part. */
export function longestPart(word: string): number {
  const whole = length(word)
  return whole <= longestWhole ? whole : Math.max(longestWhole, ...partsOf(word).map(length))
}

function filled(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && length(last) + 1 + length(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Paths, addresses and lists are broken behind what separates their parts. */
function partsOf(word: string): readonly string[] {
  return word.match(/[^/,:;=@._&?-]*[/,:;=@._&?-]|[^/,:;=@._&?-]+$/g) ?? [word]
}

function pieces(word: string, width: number): string[] {
  if (length(word) <= width) return [word]
  const packed: string[] = []
  for (const part of partsOf(word).flatMap(each => cut(each, width))) {
    const last = packed.at(-1)
    if (last !== undefined && length(last) + length(part) <= width) packed[packed.length - 1] = last + part
    else packed.push(part)
  }
  return packed
}

function cut(part: string, width: number): string[] {
  const letters = [...part]
  return Array.from({length: Math.ceil(letters.length / width)}, (_, at) =>
    letters.slice(at * width, (at + 1) * width).join(''),
  )
}
