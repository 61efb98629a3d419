import {type KeyObject, verify} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'

/** What an authority says of a certificate. */
export type Standing =
  | {
      readonly state: 'good'
      readonly from: Temporal.Instant
      readonly until?: Temporal.Instant
      readonly alone: boolean
    }
  | {readonly state: 'revoked'; readonly since: Temporal.Instant}
  | {readonly state: 'unknown'; readonly why: string}

/** Clocks of authorities and ours may differ by as much. */
const skew = 300_000

/** Whether a statement counts at that time; one without an end counts for a week. */
export function isFresh({from, until}: {from: Date; until?: Date | undefined}, at: Temporal.Instant): boolean {
  const now = at.epochMilliseconds
  const end = until?.getTime() ?? from.getTime() + 7 * 86_400_000
  return from.getTime() <= now + skew && now <= end + skew
}

/** Whether that key signed the content; anything weaker than SHA-2 is no proof. */
export function signedBy(
  key: KeyObject,
  {algorithm, content, signature}: {algorithm: string; content: Buffer; signature: Buffer},
): boolean {
  const hash = hashes[algorithm]
  if (hash === undefined) return false
  try {
    return verify(hash || null, content, key, signature)
  } catch {
    return false
  }
}

const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': '',
}
