import {Bug, Refusal} from '../error.ts'
import type {Anchors} from '../ledger/anchor.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {addOperator as insert, operator, operatorByKey} from '../ledger/operator.ts'
import {anchorOperator} from './anchored.ts'
import {assertEmail} from './model.ts'
import {readPublicKey} from './public-key.ts'

export interface OperatorWanted {
  readonly email: string
  /** A `.pub` file. */
  readonly keyFile: string
  readonly role: 'cmc' | 'approver'
  /** Look only. */
  readonly plan?: boolean
}

export interface OperatorAdded {
  readonly email: string
  readonly role: string
  readonly publicKey: string
  readonly changed: boolean
}

/** Adds a person who may sign changes; the same again changes nothing. Refusal `operator-exists` for a taken address or key. */
export async function addOperator(
  {ledger, anchors}: {readonly ledger: Ledger; readonly anchors: Anchors},
  {email, keyFile, role, plan = false}: OperatorWanted,
): Promise<OperatorAdded> {
  assertEmail(email)
  const wanted = {email, role, publicKey: readPublicKey(keyFile)}
  if (plan && !((await operator(ledger, email)) ?? (await operatorByKey(ledger, wanted.publicKey))))
    return {...wanted, changed: true}
  if (!plan && (await insert(ledger, wanted))) {
    await anchorOperator(anchors, wanted)
    return {...wanted, changed: true}
  }
  const found = (await operator(ledger, email)) ?? (await operatorByKey(ledger, wanted.publicKey))
  if (!found) throw new Bug('An operator was neither added nor found.')
  if (found.email === email && found.publicKey === wanted.publicKey && found.role === role && !found.retiredAt) {
    // Whoever asked for it is an operator: what they name is what we trust.
    if (!plan) await anchorOperator(anchors, wanted)
    return {...wanted, changed: false}
  }
  const {retiredAt} = found
  throw new Refusal(
    'operator-exists',
    `${found.email} is on record${retiredAt ? ', retired' : ''}, with another key, role or address.`,
    {
      facts: {email: found.email, role: found.role, publicKey: found.publicKey, ...(retiredAt ? {retiredAt} : {})},
      remedies: ['An address and a key name one operator for ever: take others.', 'selfhelp operator list'],
    },
  )
}
