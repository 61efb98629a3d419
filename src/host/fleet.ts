import {CodedError, Failure} from '../error.ts'
import type {Role} from '../flow/model.ts'
import type {Host} from './model.ts'

/** Which hosts a command is about; everything given must hold. */
export interface Selection {
  readonly names: readonly string[]
  readonly site?: string | undefined
  readonly role?: string | undefined
  readonly all: boolean
}

/** How many at once, and how long one may take before the others stop waiting for it. */
export interface Pace {
  readonly parallel: number
  readonly perSite: number
  /** Milliseconds. */
  readonly deadline: number
  /** Told after each host. */
  readonly tell?: ((done: number, of: number) => void) | undefined
}

/** For a question that takes a moment. */
export const usualPace: Pace = {parallel: 16, perSite: 8, deadline: 30_000}

/** What came of one host; the command's exit is 5 when one has an error. */
export type Outcome<T> =
  | {readonly host: string; readonly ok: true; readonly value: T}
  | {readonly host: string; readonly ok: false; readonly error: CodedError}

/** Does the work on each host, many at once but few per site; a dead or slow one never delays the others. */
export async function overHosts<T>(
  hosts: readonly Host[],
  pace: Pace,
  work: (host: Host, signal: AbortSignal) => Promise<T>,
): Promise<readonly Outcome<T>[]> {
  const waiting = [...hosts]
  const busy = new Map<string, number>()
  const outcomes = new Map<string, Outcome<T>>()
  const next = (): Host | undefined => {
    const at = waiting.findIndex(({site}) => (busy.get(site) ?? 0) < pace.perSite)
    return at < 0 ? undefined : waiting.splice(at, 1)[0]
  }
  await new Promise<void>((resolve, reject) => {
    let running = 0
    const fill = () => {
      if (outcomes.size === hosts.length) return resolve()
      while (running < pace.parallel) {
        const host = next()
        if (!host) return
        running += 1
        busy.set(host.site, (busy.get(host.site) ?? 0) + 1)
        inTime(host, pace.deadline, work).then(outcome => {
          running -= 1
          busy.set(host.site, (busy.get(host.site) ?? 1) - 1)
          outcomes.set(host.name, outcome)
          pace.tell?.(outcomes.size, hosts.length)
          fill()
        }, reject)
      }
    }
    fill()
  })
  return hosts.flatMap(host => outcomes.get(host.name) ?? [])
}

/** The hosts in service that are meant, by name. */
export function select(hosts: readonly Host[], {names, site, role, all}: Selection): readonly Host[] {
  return hosts.filter(
    host =>
      host.retiredAt === undefined &&
      (all || names.length === 0 || names.includes(host.name)) &&
      (site === undefined || host.site === site) &&
      (role === undefined || host.roles.includes(role as Role)),
  )
}

async function inTime<T>(
  host: Host,
  deadline: number,
  work: (host: Host, signal: AbortSignal) => Promise<T>,
): Promise<Outcome<T>> {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const why = tooSlow(host.name, deadline)
      abort.abort(why)
      reject(why)
    }, deadline)
  })
  try {
    return {host: host.name, ok: true, value: await Promise.race([work(host, abort.signal), late])}
  } catch (error) {
    if (error instanceof CodedError && error.kind !== 'bug') return {host: host.name, ok: false, error}
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function tooSlow(host: string, deadline: number): Failure {
  return new Failure('host-unreachable', `${host} did not end within ${deadline / 1000} s; the others went on.`, {
    facts: {host, deadline: `PT${deadline / 1000}S`},
    remedies: ['Type it again with --only failed, or with a longer --deadline.'],
  })
}
