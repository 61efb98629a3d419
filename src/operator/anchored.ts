import {Refusal} from '../error.ts'
import type {Anchors} from '../ledger/anchor.ts'
import type {OperatorRow} from '../ledger/operator.ts'

type Who = Pick<OperatorRow, 'email' | 'role' | 'publicKey'>

/** From now on this operator is known to have been made one by us, and not by whoever can write to the ledger. */
export async function anchorOperator(anchors: Anchors, {email, role, publicKey}: Who): Promise<void> {
  if (!(await anchors.holds('operator', email, {email, role, publicKey})))
    await anchors.put('operator', email, {email, role, publicKey})
}

/** Throws `Refusal('signature-invalid')` for an operator, a key or a role that nobody of us put there. */
export async function assertAnchored(anchors: Pick<Anchors, 'holds'>, {email, role, publicKey}: Who): Promise<void> {
  if (await anchors.holds('operator', email, {email, role, publicKey})) return
  throw new Refusal(
    'signature-invalid',
    `${email} stands in the ledger, but not as an operator whom this control plane made one; nothing was done.`,
    {
      facts: {operator: email, role, publicKey},
      remedies: [
        'After an update from a version without anchors: selfhelp init',
        'selfhelp journal verify',
        `If the key is theirs, let another operator type: selfhelp operator add ${email} --key FILE.pub`,
      ],
    },
  )
}
