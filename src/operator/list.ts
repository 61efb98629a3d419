import type {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../ledger/ledger.ts'
import {type OperatorRole, operators} from '../ledger/operator.ts'

export interface Operator {
  readonly email: string
  readonly role: OperatorRole
  readonly publicKey: string
  readonly addedAt: Temporal.Instant
  readonly retiredAt?: Temporal.Instant
}

/** Every operator, those who retired last. */
export async function listOperators(ledger: Ledger): Promise<{items: Operator[]}> {
  const rows = await operators(ledger)
  const items = rows.map(({retiredAt, ...row}) => ({...row, ...(retiredAt ? {retiredAt} : {})}))
  return {items: items.toSorted((a, b) => Number('retiredAt' in a) - Number('retiredAt' in b))}
}
