import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {canonical} from '../ledger/canonical.ts'
import type {Queries} from '../ledger/ledger.ts'
import {askedBeforeRetiring, type OperatorRow, operator} from '../ledger/operator.ts'
import {keygenVerify} from './keygen.ts'
import {namespace, type SignedRequest} from './model.ts'
import {verifyEd25519} from './sshsig.ts'

/** Who signed a request, from the signature alone. Refusal `signature-invalid` when it is not that operator's, or was retired then. */
export async function verifyRequest(ledger: Queries, request: SignedRequest, signature: string): Promise<OperatorRow> {
  const found = await operator(ledger, request.operator)
  if (!found) throw invalid(request, 'there is no such operator')
  if (!(await verifySignature(request, signature, found.publicKey)))
    throw invalid(request, 'the signature is not theirs')
  if (found.retiredAt && !(await wasInTime(ledger, request, {signature, retired: found.retiredAt})))
    throw invalid(request, 'the operator had been retired')
  return found
}

/** The journal's order says it; the request's own instant may have been chosen. */
async function wasInTime(
  ledger: Queries,
  {run, at, operator: email}: SignedRequest,
  {signature, retired}: {readonly signature: string; readonly retired: Temporal.Instant},
): Promise<boolean> {
  if (run === undefined || Temporal.Instant.compare(Temporal.Instant.from(at), retired) >= 0) return false
  return askedBeforeRetiring(ledger, {run: run.id, email, signature})
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
