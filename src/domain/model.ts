import type {Temporal} from 'temporal-polyfill'

/** What a customer must have in their DNS. */
export interface DnsRecord {
  readonly name: string
  readonly type: 'CNAME'
  readonly value: string
}

/** A name that a customer brought along, as commands answer with it. */
export interface DomainShown {
  readonly name: string
  readonly tenant: string
  readonly environment: string
  readonly face: 'presentation' | 'edition'
  readonly record: DnsRecord
  readonly verifiedAt?: Temporal.Instant
  /** Until when its certificate is good; without one it is not served. */
  readonly certificateUntil?: Temporal.Instant
}
