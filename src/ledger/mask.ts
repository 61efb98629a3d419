const telling = /pass(word|phrase)|secret|token|private.?key|credential/i
const inText = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /(?<=:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/g,
]

/**
 * A value as it may stand in the journal for ever: what looks like a secret by its name or its form is `***`, and
 * text is such as PostgreSQL keeps unchanged. `Secret`s print so by themselves.
 */
export function masked(value: unknown): unknown {
  const plain = JSON.parse(JSON.stringify(value ?? {})) as unknown
  return walk(plain)
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value)
  if (Array.isArray(value)) return value.map(walk)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      maskedText(key),
      telling.test(key) && typeof member === 'string' ? '***' : walk(member),
    ]),
  )
}

/** The same for one text. */
export function maskedText(text: string): string {
  const kept = text.replaceAll('\0', '\uFFFD').toWellFormed()
  return inText.reduce((sum, form) => sum.replace(form, '***'), kept)
}
