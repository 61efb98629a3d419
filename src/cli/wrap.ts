/** Lines of at most so many characters: broken at spaces, and within a word only when the word alone is too long. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(each => pieces(each, Math.max(1, width)))) {
    if (line !== '' && length(line) + 1 + length(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** In characters, as a terminal counts them. */
export function length(text: string): number {
  return [...text].length
}

/** Paths, addresses and lists are broken behind what separates their parts. */
function pieces(word: string, width: number): string[] {
  if (length(word) <= width) return [word]
  const packed: string[] = []
  for (const part of (word.match(/[^/,:;=@._&?-]*[/,:;=@._&?-]|[^/,:;=@._&?-]+$/g) ?? [word]).flatMap(each =>
    cut(each, width),
  )) {
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
