import {readFileSync} from 'node:fs'
import type {Locale} from './config.ts'

export type Mode = 'open' | 'read-only' | 'closed'

/** What operations wrote to the state file. */
export interface State {
  readonly mode: Mode
  /** RFC 3339; from then on the mode is open again and the banner gone. */
  readonly until?: string
  readonly banner?: Readonly<Partial<Record<Locale, string>>>
  readonly neutralised: boolean
  /** Of which environment and moment the content is, where it is a copy; `at` is RFC 3339. */
  readonly copy?: {readonly of: string; readonly at: string}
}

/** The state as far as it can be known, and what is wrong with the file. */
export interface StateSource {
  /** What holds at this moment: `until` has been applied. */
  now(): State
  /** Reads the file again; a file that cannot be used changes nothing and is told by `problem`. */
  reread(): void
  readonly problem: string | undefined
  /** False as long as no usable file was ever read. */
  readonly known: boolean
}

// Nothing readable yet: let nobody in and nothing out, rather than guess.
const unknown: State = {mode: 'closed', neutralised: true}

/** Follows the state file of this process; `clock` gives milliseconds. */
export function followState(file: string, clock: () => number): StateSource {
  let state: State | undefined
  let problem: string | undefined
  const reread = () => {
    try {
      state = parseState(readFileSync(file, 'utf8'))
      problem = undefined
    } catch (error) {
      problem = (error as Error).message
    }
  }
  reread()
  return {
    now: () => effective(state ?? unknown, clock()),
    reread,
    get problem() {
      return problem
    },
    get known() {
      return state !== undefined
    },
  }
}

/** Applies `until`: past it, the mode is open and the banner gone; neutralised stays, it protects others, and a copy stays one. */
export function effective(state: State, at: number): State {
  if (state.until === undefined || at < Date.parse(state.until)) return state
  return {mode: 'open', neutralised: state.neutralised, ...(state.copy === undefined ? {} : {copy: state.copy})}
}

/** Throws an error with every problem in its message. */
export function parseState(text: string): State {
  const json = JSON.parse(text) as Record<string, unknown>
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not an object')
  const mode = json.mode
  const until = json.until ?? undefined
  const banner = json.banner ?? undefined
  const neutralised = json.neutralised ?? false
  const copy = json.copy ?? undefined
  const problems: string[] = []
  if (mode !== 'open' && mode !== 'read-only' && mode !== 'closed') problems.push('mode: open, read-only or closed')
  if (until !== undefined && !isInstant(until)) problems.push('until: an RFC 3339 time with its offset')
  if (banner !== undefined && !isBanner(banner)) problems.push('banner: {fr, en} texts')
  if (typeof neutralised !== 'boolean') problems.push('neutralised: true or false')
  if (copy !== undefined && !isCopy(copy)) problems.push('copy: {of, at}, an environment and an RFC 3339 time')
  for (const key of Object.keys(json)) {
    if (!['mode', 'until', 'banner', 'neutralised', 'copy'].includes(key)) problems.push(`${key}: unknown`)
  }
  if (problems.length > 0) throw new Error(problems.join('; '))
  return {
    mode: mode as Mode,
    neutralised: neutralised as boolean,
    ...(until === undefined ? {} : {until: until as string}),
    ...(banner === undefined ? {} : {banner: banner as Record<Locale, string>}),
    ...(copy === undefined ? {} : {copy: copy as NonNullable<State['copy']>}),
  }
}

function isInstant(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
}

function isCopy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const {of, at, ...more} = value as Record<string, unknown>
  return (
    typeof of === 'string' && /^[a-z0-9-]+\/[a-z0-9-]+$/.test(of) && isInstant(at) && Object.keys(more).length === 0
  )
}

function isBanner(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(([key, text]) => (key === 'fr' || key === 'en') && typeof text === 'string')
}
