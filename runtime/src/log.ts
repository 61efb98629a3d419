export type Level = 'info' | 'warn' | 'error'

/** Writes one line of JSON to stdout. Callers pass route names and codes, never tokens, passwords or bodies. */
export function log(level: Level, event: string, fields: Record<string, unknown> = {}): void {
  const line: Record<string, unknown> = {at: new Date().toISOString(), level, event}
  for (const [name, value] of Object.entries(fields)) line[name] = value instanceof Error ? told(value) : value
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

// A PostgreSQL error's `detail` quotes row values, so only its code and message are kept.
function told(error: Error): Record<string, unknown> {
  const code = (error as {code?: unknown}).code
  return {name: error.name, message: error.message, ...(code === undefined ? {} : {code})}
}
