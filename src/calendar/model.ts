import type {Temporal} from 'temporal-polyfill'
import type {ChangeType} from '../runbook/model.ts'
import type {Span} from './freeze.ts'
import type {Range, Week} from './range.ts'
import type {Zone} from './zone.ts'

/** The types of changes, as `--change` takes them. */
export const changeTypes = [
  'provision',
  'backup',
  'drill',
  'certificate-renewal',
  'security-fix',
  'incident-fix',
  'restore',
  'certificate-expiring',
  'os-patch',
  'configuration',
  'scale',
  'migration',
] as const satisfies readonly ChangeType[]

/** One row of the contract's table. */
export interface Row {
  /** In a freeze: runs, runs while it is among the first few, waits. */
  readonly freeze: 'runs' | 'counted' | 'waits'
  /** At any time, within the ranges of maintenance, or in a slot the customer agreed. */
  readonly when: 'any' | 'ranges' | 'agreed'
  /** Told ahead by the lead time; told before it starts when it was planned; not told. */
  readonly notice: 'lead' | 'planned' | 'none'
  /** Judged by the month's budget; counted in it and shown; neither. */
  readonly budget: 'judged' | 'shown' | 'none'
  /** Tried on another environment first (R038, R040, R041). */
  readonly trial: boolean
}

const unbound: Row = {freeze: 'runs', when: 'any', notice: 'none', budget: 'none', trial: false}
const fix: Row = {freeze: 'counted', when: 'any', notice: 'planned', budget: 'none', trial: false}
const planned: Row = {freeze: 'waits', when: 'ranges', notice: 'lead', budget: 'judged', trial: true}

/** What holds for each type on production (R160–R168, C1, C10); docs/decisions/calendar.md says how it was read. */
export const table: Readonly<Record<ChangeType, Row>> = {
  provision: unbound,
  backup: unbound,
  drill: unbound,
  'certificate-renewal': unbound,
  'security-fix': {...fix, budget: 'shown'},
  'incident-fix': fix,
  restore: fix,
  'certificate-expiring': fix,
  'os-patch': planned,
  configuration: planned,
  scale: {...planned, trial: false},
  migration: {freeze: 'waits', when: 'agreed', notice: 'lead', budget: 'shown', trial: false},
}

/** The numbers beside the table. A contract or a site may make each stricter, never looser. */
export interface Limits {
  readonly leadMinutes: number
  /** What the contract promises for a calendar month (R210): beyond it two people decide. */
  readonly commitmentMinutes: number
  /** What the operations may use at most (R160). */
  readonly mostMinutes: number
  readonly fixesPerFreeze: number
  /** Each list must leave an instant free. */
  readonly ranges: readonly (readonly Range[])[]
}

const everyDay = [1, 2, 3, 4, 5, 6, 7]

/** Night is 22:00 to 06:00, and all of Saturday (R164). */
export const contractLimits: Limits = {
  leadMinutes: 72 * 60,
  commitmentMinutes: 120,
  mostMinutes: 180,
  fixesPerFreeze: 3,
  ranges: [
    [
      {days: everyDay, from: '22:00', until: '06:00'},
      {days: [6], from: '00:00', until: '24:00'},
    ],
  ],
}

/** The stricter of two, number by number. */
export function tightened(limits: Limits, by: Partial<Limits>): Limits {
  return {
    leadMinutes: Math.max(limits.leadMinutes, by.leadMinutes ?? 0),
    commitmentMinutes: Math.min(limits.commitmentMinutes, by.commitmentMinutes ?? limits.commitmentMinutes),
    mostMinutes: Math.min(limits.mostMinutes, by.mostMinutes ?? limits.mostMinutes),
    fixesPerFreeze: Math.min(limits.fixesPerFreeze, by.fixesPerFreeze ?? limits.fixesPerFreeze),
    ranges: [...limits.ranges, ...(by.ranges ?? [])],
  }
}

/** A freeze somebody declared: a customer of their own platform, or the CMC of every one. */
export interface Freeze extends Span {
  readonly id: string
  readonly kind: 'customer' | 'vendor'
  readonly why: string
}

/** A change with a date, on one environment. */
export interface Operation extends Span {
  readonly id: string
  readonly change: ChangeType
  readonly state: 'planned' | 'running' | 'done'
  /** Measured once done: how long users were shut out. */
  readonly closedMinutes?: number | undefined
  /** When the last contact's mail server had accepted the notice. */
  readonly noticeAcceptedAt?: number | undefined
  /** Who of the customer agreed on exactly this slot. */
  readonly agreedBy?: string | undefined
  /** Where it was tried before, or why not. */
  readonly trial?: string | undefined
}

/** What two people decided about a rule. */
export interface Override extends Span {
  readonly id: string
  readonly rule: 'freeze' | 'budget' | 'rollback'
  readonly change?: ChangeType | undefined
  readonly requester: string
  readonly approver: string
}

/** What the ledger knows of one environment when it is asked; instants are milliseconds since 1970. */
export interface LedgerFacts {
  readonly now: number
  readonly zone: Zone
  readonly locale: 'fr' | 'en'
  /** In service as production: what a freeze, the ranges, notices and budgets protect (R167). */
  readonly production: boolean
  readonly limits: Limits
  /** What the limits' ranges leave free. */
  readonly week: Week
  /** The customer's own dates for maintenance; the ranges hold within them too. */
  readonly windows?: readonly Span[] | undefined
  readonly freezes: readonly Freeze[]
  /** When fixes were begun. */
  readonly fixes: readonly number[]
  readonly operations: readonly Operation[]
  readonly overrides: readonly Override[]
  /** Since when the customer validates what is there, and what. */
  readonly validation?: {readonly since: number; readonly what: string} | undefined
  /** Open findings that forbid planned changes. */
  readonly events: readonly {readonly kind: string; readonly subject: string}[]
  readonly runs: readonly {readonly id: string; readonly title: string}[]
  /** Changes that ended well on other environments of the tenant, and when. */
  readonly trials: readonly {readonly change: ChangeType; readonly environment: string; readonly at: number}[]
}

/** A change to be judged. */
export interface Asked {
  readonly change: ChangeType
  readonly environment: string
  readonly at: number
  /** How long it takes, where that is known. */
  readonly minutes?: number | undefined
  /** The operation it is part of, where it has one. */
  readonly operation?: string | undefined
}

export type RuleId =
  | 'freeze'
  | 'range'
  | 'slot'
  | 'notice'
  | 'budget'
  | 'trial'
  | 'validation'
  | 'event'
  | 'overlap'
  | 'run'

export interface Reason {
  readonly rule: RuleId
  /** The requirement it comes from. */
  readonly source: string
  /** In the tenant's language and zone. */
  readonly sentence: string
  /** Who can make it allowed. */
  readonly from?: string
}

export interface Decision {
  readonly environment: string
  readonly change: ChangeType
  readonly at: Temporal.Instant
  readonly verdict: 'allowed' | 'refused' | 'needs'
  readonly reasons: readonly Reason[]
  /** What must be so when it starts, and still can. */
  readonly conditions: readonly Reason[]
  /** The first instant at which only conditions are left; none when that is for people to bring about. */
  readonly nextAllowed?: Temporal.Instant
  /** The overrides it rests on. */
  readonly overrides: readonly string[]
}
