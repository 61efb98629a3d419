import type {Clock} from '../clock.ts'
import {CodedError} from '../error.ts'
import {append} from '../ledger/journal.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {assertPerson, type Signed} from './model.ts'

export interface Mutating {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly signed: Signed
  /** What it is about, and whose chain it belongs to. */
  readonly subject: string
  readonly tenant: string | undefined
  /** The journal, which all others wait for, is not written. */
  readonly rehearsal?: boolean
}

/** Does what was asked between two entries of the journal: that it was asked, signed, and what came of it. */
export async function mutate<T>(mutating: Mutating, work: (signed: Signed) => Promise<T>): Promise<T> {
  const {ledger, clock, signed, subject, tenant, rehearsal} = mutating
  if (rehearsal) {
    assertPerson(signed)
    return work(signed)
  }
  const {operator, account, machine} = signed
  const about = {kind: 'command', subject, tenant, operator, account, machine} as const
  const {reason, ticket} = signed.request
  const asked = await append(ledger, {
    ...about,
    at: clock.now(),
    reason,
    ticket,
    result: 'asked',
    body: signed.request,
    signature: signed.signature,
  })
  const settle = (result: string, body: object) =>
    append(ledger, {
      ...about,
      at: clock.now(),
      result,
      body: {asked: asked.sequence, command: signed.request.command, ...body},
    })
  try {
    assertPerson(signed)
    const result = await work(signed)
    await settle('done', {})
    return result
  } catch (thrown) {
    // What went wrong is worth more than that it could not be written down.
    await settle(resultOf(thrown), troubleOf(thrown)).catch(() => {})
    throw thrown
  }
}

function resultOf(thrown: unknown): string {
  if (!(thrown instanceof CodedError)) return 'bug'
  return thrown.kind === 'failure' ? 'failed' : thrown.kind === 'bug' ? 'bug' : 'refused'
}

function troubleOf(thrown: unknown): object {
  if (thrown instanceof CodedError) return {code: thrown.code, message: thrown.message}
  return {message: thrown instanceof Error ? thrown.message : String(thrown)}
}
