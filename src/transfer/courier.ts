import type {Readable} from 'node:stream'
import {Failure, Refusal} from '../error.ts'
import type {DestinationRow} from '../ledger/transfer.ts'
import type {Secret} from '../secret/secret.ts'
import {type Place, shownPlace} from './model.ts'

/** A server of the customer, as far as a copy needs it. Names are of files in the destination's folder. */
export interface Courier extends AsyncDisposable {
  /** Bytes that are there; undefined when it is not. */
  size(name: string): Promise<number | undefined>
  /** Writes from that byte on, where what is before it is there already. */
  write(name: string, from: number, content: Readable): Promise<void>
  /** SHA-256 of what is there, by reading all of it. */
  sum(name: string): Promise<string>
  remove(name: string): Promise<void>
  /** Takes the other name, whatever had it. */
  rename(from: string, to: string): Promise<void>
}

/** Who it must be, and what lets us in. */
export interface Access extends Pick<DestinationRow, 'protocol' | 'host' | 'port' | 'account' | 'folder' | 'trust'> {
  readonly secret: Secret
  readonly withKey: boolean
}

/** It is another than it must be, or does not know us. */
export function refused(place: Place, why: string, cause?: unknown): Refusal {
  return new Refusal('transfer-refused', `${shownPlace(place)}: ${why}`, {
    facts: {place: shownPlace(place)},
    remedies: ['Ask the customer what has changed, then: selfhelp backup destination ENV --to …'],
    cause,
  })
}

/** It did not do what it should; typed again it goes on where it was. */
export function failed(place: Place, why: string, cause?: unknown): Failure {
  return new Failure('transfer-failed', `${shownPlace(place)}: ${why}`, {
    facts: {place: shownPlace(place)},
    remedies: ['selfhelp run resume ID goes on where it ended.', 'Ask the customer whether their server has room.'],
    cause,
  })
}
