/** JSON with one spelling: keys sorted, no blanks, no `undefined` (as RFC 8785). Equal values give equal text. */
export function canonical(value: unknown): string {
  const plain = toPlain(value)
  if (plain === undefined) return 'null'
  if (Array.isArray(plain)) return `[${plain.map(canonical).join(',')}]`
  if (plain === null || typeof plain !== 'object') return JSON.stringify(plain)
  const members = Object.keys(plain)
    .sort()
    .map(key => [key, toPlain((plain as Record<string, unknown>)[key])] as const)
    .filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

/** What JSON would take a value for: secrets and instants have a say in it. */
function toPlain(value: unknown): unknown {
  const own = value !== null && typeof value === 'object' && 'toJSON' in value && typeof value.toJSON === 'function'
  return own ? (value as {toJSON(): unknown}).toJSON() : value
}
