import {Refusal} from '../error.ts'
import type {Actor} from '../ledger/journal.ts'
import type {OperatorRole} from '../ledger/operator.ts'

/** What is asked: the command and its input, without output flags, with the reason beside it. */
export interface Request {
  /** `tenant create` */
  readonly command: string
  readonly input: Readonly<Record<string, unknown>>
  readonly reason?: string
  readonly ticket?: string
  /** Of a request that became a run: which one, so that nobody can put the signature under another. */
  readonly run?: {readonly id: string; readonly runbook: string; readonly inputHash: string}
}

/** What an operator puts a signature under: the request, and what makes it once and now. */
export interface SignedRequest extends Request {
  readonly operator: string
  /** RFC 3339 UTC. */
  readonly at: string
  readonly nonce: string
}

/** A request with its operator's signature: who asks, as the journal keeps it. */
export interface Signed extends Actor {
  readonly role: OperatorRole
  readonly request: SignedRequest
  /** An armoured SSH signature (namespace `selfhelp`) over the canonical JSON of the request. */
  readonly signature: string
}

/** The namespace of our signatures, so that one made for us serves nowhere else. */
export const namespace = 'selfhelp'

/** Who may sign, and whose releases hosts take, only people decide: a machine operator would make itself an approver. */
export function assertPerson({
  role,
  operator,
  request: {command, input},
}: Pick<Signed, 'role' | 'operator' | 'request'>) {
  const grave = /^operator (?:add|retire)$/.test(command) || input['public-key'] !== undefined
  if (role !== 'machine' || !grave) return
  throw new Refusal('operator-not-person', `${operator} is no person and may not decide this; nothing was changed.`, {
    facts: {operator, command},
    remedies: ['--operator-key FILE', 'selfhelp operator list'],
  })
}

/** An operator is known by an address in lower case, so that it can be compared with a customer's contacts. */
export function assertEmail(email: string): void {
  if (/^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(email) && email.length <= 254) return
  throw new Refusal('input-invalid', `${JSON.stringify(email)} is no e-mail address in lower case.`, {
    remedies: ['jane.doe@cmc.example'],
  })
}
