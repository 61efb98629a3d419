/** Counts tries by key within a window; forgets by itself, and never holds more than `mostKeys`. */
export interface Limit {
  /** Seconds to wait, or 0 when the key may try now. */
  wait(key: string): number
  note(key: string): void
  clear(key: string): void
}

const mostKeys = 10_000

export function createLimit(most: number, windowMs: number, clock: () => number): Limit {
  const tries = new Map<string, number[]>()
  const recent = (key: string) => (tries.get(key) ?? []).filter(at => at > clock() - windowMs)
  return {
    wait(key) {
      const times = recent(key)
      const first = times[times.length - most]
      return first === undefined ? 0 : Math.max(1, Math.ceil((first + windowMs - clock()) / 1000))
    },
    note(key) {
      const times = [...recent(key), clock()].slice(-most)
      tries.delete(key)
      tries.set(key, times)
      const oldest = tries.keys().next().value
      if (tries.size > mostKeys && oldest !== undefined) tries.delete(oldest)
    },
    clear: key => void tries.delete(key),
  }
}
