import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Anchors} from '../ledger/anchor.ts'
import {canonical} from '../ledger/canonical.ts'
import type {Queries} from '../ledger/ledger.ts'
import {askedBeforeRetiring, type OperatorRow, operator} from '../ledger/operator.ts'
import {assertAnchored} from './anchored.ts'
import {keygenVerify} from './keygen.ts'
import {namespace, type SignedRequest} from './model.ts'
import {verifyEd25519} from './sshsig.ts'

export interface Verifying {
  readonly ledger: Queries
  readonly anchors: Pick<Anchors, 'holds'>
}

/**
 * Who signed a request, from the signature alone. Refusal `signature-invalid` when it is not that operator's, was
 * written down after they had retired, or when nobody of us made them an operator.
 */
export async function verifyRequest(
  {ledger, anchors}: Verifying,
  request: SignedRequest,
  signature: string,
): Promise<OperatorRow> {
  const found = await operator(ledger, request.operator)
  if (!found) throw invalid(request, 'there is no such operator')
  if (!(await verifySignature(request, signature, found.publicKey)))
    throw invalid(request, 'the signature is not theirs')
  await assertAnchored(anchors, found)
  const retired = found.retiredAt
  if (retired && !(await wasInTime(ledger, request, {signature, retired})))
    throw invalid(request, 'the operator had been retired')
  return found
}

/** The journal's order says it; the request's own instant may have been chosen. */
async function wasInTime(
  ledger: Queries,
  {at, operator: email}: SignedRequest,
  {signature, retired}: {readonly signature: string; readonly retired: Temporal.Instant},
): Promise<boolean> {
  if (Temporal.Instant.compare(Temporal.Instant.from(at), retired) >= 0) return false
  return askedBeforeRetiring(ledger, {email, signature})
}

/** True when this key signed this request. */
export async function verifySignature(request: unknown, signature: string, publicKey: string): Promise<boolean> {
  const message = canonical(request)
  if (publicKey.startsWith('ssh-ed25519 ')) return verifyEd25519(message, signature, {publicKey, namespace})
  return keygenVerify(message, signature, publicKey)
}

function invalid({operator, command}: SignedRequest, why: string): Refusal {
  return new Refusal('signature-invalid', `The request "${command}" of ${operator} is not accepted: ${why}.`, {
    remedies: ['selfhelp operator list'],
  })
}
