import type {MigrationRow, MigrationState} from '../ledger/migration.ts'

export type {MigrationRow, MigrationState}

/** What people may do with a migration. */
export const verbs = [
  'prepare',
  'assist',
  'schedule qualification',
  'validate',
  'reject',
  'schedule production',
  'agree',
  'run',
  'rollback',
  'abandon',
] as const
export type Verb = (typeof verbs)[number]

const waiting: readonly MigrationState[] = [
  'requested',
  'qualification-planned',
  'awaiting-validation',
  'validated',
  'rejected',
  'production-proposed',
  'production-planned',
]

/** In which states each may be done; everything else is refused. A run in progress is left alone. */
export const allowed: Readonly<Record<Verb, readonly MigrationState[]>> = {
  prepare: waiting,
  assist: waiting,
  'schedule qualification': ['requested', 'qualification-planned', 'awaiting-validation', 'validated', 'rejected'],
  validate: ['awaiting-validation'],
  reject: ['awaiting-validation'],
  'schedule production': ['requested', 'validated', 'production-proposed', 'production-planned'],
  agree: ['production-proposed'],
  run: ['qualification-planned', 'production-planned'],
  rollback: ['done'],
  abandon: waiting,
}

export const states: readonly MigrationState[] = [
  'requested',
  'qualification-planned',
  'qualification-running',
  'awaiting-validation',
  'validated',
  'rejected',
  'production-proposed',
  'production-planned',
  'production-running',
  'done',
  'rolling-back',
  'rolled-back',
  'abandoned',
]

/** What to type next, by where it stands; none when it is over or at work. */
export function nextOf({id, state, run}: Pick<MigrationRow, 'id' | 'state' | 'run'>): readonly string[] {
  switch (state) {
    case 'requested':
    case 'rejected':
      return [`selfhelp migration schedule ${id} --environment qualification --at TIME`]
    case 'qualification-planned':
      return [`selfhelp migration run ${id}`]
    case 'awaiting-validation':
      return [
        `selfhelp migration validate ${id} --by CONTACT --checklist FILE`,
        `selfhelp migration reject ${id} --by CONTACT --why TEXT`,
      ]
    case 'validated':
      return [`selfhelp migration schedule ${id} --environment production --at TIME --users-informed --team-ready`]
    case 'production-proposed':
      return [`selfhelp migration agree ${id} --by CONTACT`]
    case 'production-planned':
      return [`selfhelp migration plan ${id}`, `selfhelp migration run ${id} --confirm TENANT/production`]
    case 'qualification-running':
    case 'production-running':
    case 'rolling-back':
      return run === undefined ? [] : [`selfhelp run show ${run}`, `selfhelp run resume ${run}`]
    case 'done':
      return [`selfhelp migration rollback ${id} --plan`]
    default:
      return []
  }
}

/** Which environment comes next for a run. */
export function environmentOf(state: MigrationState): 'qualification' | 'production' {
  return state === 'qualification-planned' || state === 'qualification-running' ? 'qualification' : 'production'
}

/** What the customer's teams must have done: study what is new, train, configure (R129). */
export const preparations = ['features-studied', 'users-trained', 'configuration-done'] as const
export type Preparation = (typeof preparations)[number]

/** What a contact said of a build, and on which data. */
export interface Validation {
  /** The contact's id. */
  readonly by: string
  readonly email: string
  readonly at: string
  /** SHA-256 of the archive that was looked at. */
  readonly build: string
  /** The moment of production's data it was looked at with. */
  readonly dataOf: string
  readonly checklist: readonly Checked[]
}

/** One line of a validation form. */
export interface Checked {
  readonly check: string
  readonly ok: boolean
  readonly note?: string | undefined
}

/** What stood on qualification when it was handed to the customer. */
export interface Tried {
  readonly run: string
  /** By address. */
  readonly operator: string
  readonly build: string
  readonly dataOf: string
  readonly at: string
  /** Of wall time, by part. */
  readonly seconds: Readonly<Record<string, number>>
}

/** A validation is of use that many days (the data of then is no longer the data of now). */
export const validDays = 30
/** Minutes: qualification takes a day at most (R136), production is announced for 2 to 4 hours (R148). */
export const windows = {
  qualification: {least: 30, most: 24 * 60, usual: 240},
  production: {least: 120, most: 240, usual: 120},
} as const

/** Why production may not be planned with what was said so far; none when it may (R131, R133). */
export function gateObjections(
  {validation, tried}: {validation: Validation | undefined; tried: Tried | undefined},
  now: {build: string; at: number; qualification: string | undefined; version: string},
): readonly string[] {
  if (validation === undefined) return ['nobody of the customer has validated it on qualification']
  const said: string[] = []
  if (validation.build !== now.build) said.push('another build was validated than the one that would be deployed')
  if (tried === undefined || tried.build !== validation.build || Date.parse(tried.at) > Date.parse(validation.at))
    said.push('qualification was refreshed since it was validated')
  if (tried?.operator === validation.email) said.push(`${validation.email} ran it and validated it`)
  const days = (now.at - Date.parse(validation.dataOf)) / 86_400_000
  if (days > validDays)
    said.push(`it was validated with data that is ${Math.floor(days)} days old, ${validDays} at most`)
  if (now.qualification !== now.version)
    said.push(`qualification runs ${now.qualification ?? 'nothing'}, not ${now.version}`)
  return said
}

/** Working hours between two instants: Monday to Friday, 9 to 18 on the clocks of the zone (R145). */
export function workingHours(from: number, to: number, wall: (instant: number) => number): number {
  const [begin, end] = [wall(from), wall(to)]
  const [hour, day] = [3_600_000, 86_400_000]
  let sum = 0
  for (let midnight = Math.floor(begin / day) * day; midnight < end; midnight += day) {
    const weekday = new Date(midnight).getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    sum += Math.max(0, Math.min(end, midnight + 18 * hour) - Math.max(begin, midnight + 9 * hour))
  }
  return Math.round((sum / hour) * 10) / 10
}

/** Seconds, at least and at most. */
export interface Estimate {
  readonly least: number
  readonly most: number
}

/** What of qualification's steps happens in production while people are kept out. */
const closedParts = ['schema-is-migrated', 'every-server-is-switched', 'checks-pass']
/** Seconds that the page, the incremental of now and its WAL take, whatever the version. */
const around = 10

/** How long production will be closed, from what qualification took with the same data: half as wrong either way. */
export function estimateOf({seconds}: Pick<Tried, 'seconds'>): Estimate {
  const sum = around + closedParts.reduce((total, part) => total + (seconds[part] ?? 0), 0)
  return {least: Math.floor(sum / 1.5), most: Math.ceil(sum * 1.5)}
}
