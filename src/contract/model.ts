/** Environments that can be subscribed, in the order they are made. */
export const environmentNames = ['production', 'qualification', 'test', 'training'] as const
export type EnvironmentName = (typeof environmentNames)[number]

export const topologies = ['single', 'edition+1', 'edition+N'] as const
export type Topology = (typeof topologies)[number]

export const locales = ['fr', 'en'] as const
export type Locale = (typeof locales)[number]

/** What a contact may do: gets notices, is told of incidents, asks and agrees. */
export const contactRoles = ['operations', 'security', 'decision'] as const
export type ContactRole = (typeof contactRoles)[number]

/** What can be made unrecognisable in a copy of production. */
export const maskable = ['accounts', 'feedback'] as const
export type Maskable = (typeof maskable)[number]

/** The fields of the specific study each customer gets (R002). */
export const studyFields = ['architecture', 'authentication', 'mail', 'vpn', 'flows', 'sizing'] as const
export type StudyField = (typeof studyFields)[number]

export interface Contact {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly language: Locale
  readonly roles: readonly ContactRole[]
}

/** A customer's own rules of maintenance, each stricter than ours. */
export interface Strict {
  readonly noticeHours?: number | undefined
  readonly monthlyMinutes?: number | undefined
  readonly fixesPerFreeze?: number | undefined
  /** `tuesday 22:00-02:00` */
  readonly ranges?: readonly string[] | undefined
  /** `FREQ=MONTHLY;BYDAY=3TU 22:00 4h` */
  readonly dates?: readonly string[] | undefined
}

/** What a customer has signed, as the control plane keeps it. */
export interface Contract {
  readonly tenant: string
  readonly legalName: string
  readonly locale: Locale
  readonly timeZone: string
  /** Days, `2026-12-01`, in the tenant's zone. */
  readonly start: string
  readonly end: string
  /** ISO 3166-1 alpha-2, for the primary site, the secondary site and the repository (R246). */
  readonly residency: readonly string[]
  readonly sites: {readonly primary: string; readonly secondary?: string | undefined}
  readonly environments: Readonly<Partial<Record<EnvironmentName, {readonly topology: Topology}>>>
  readonly storagePacks: number
  readonly options: {
    readonly ownDomain: boolean
    readonly vpn: 'none' | 'ipsec' | 'private'
    readonly monthlyTransfer: boolean
    /** The most days a certificate below a root of theirs may last. */
    readonly certificateDays?: number | undefined
  }
  /** What is stricter than the rules of maintenance. */
  readonly calendar?: Strict | undefined
  /** What nobody is to recognise in copies of production (R139). */
  readonly masking?: readonly Maskable[] | undefined
  readonly study: Readonly<Partial<Record<StudyField, string>>>
  readonly contacts: readonly Contact[]
}

/** One thing wrong in a contract file, with its place; lines and columns count from 1. */
export interface Problem {
  readonly line: number
  readonly column: number
  /** `contacts[0].email`, or empty for the whole file. */
  readonly path: string
  readonly expected: string
  readonly remedy: string
}

/** The environments of a contract in the order they are made. */
export function subscribed(contract: Contract): readonly EnvironmentName[] {
  return environmentNames.filter(name => contract.environments[name] !== undefined)
}

/** The fields of the study nobody has filled in; a hand-over waits for them (R002). */
export function missingStudy(contract: Contract): readonly StudyField[] {
  return studyFields.filter(field => !contract.study[field])
}

/** The environments whose topology this version cannot build. */
export function unbuildable(contract: Contract): readonly EnvironmentName[] {
  return subscribed(contract).filter(name => contract.environments[name]?.topology !== 'single')
}
