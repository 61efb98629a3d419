import type {View} from '../terminal/view.ts'
import type {OperatorAdded} from './add.ts'
import type {Operator} from './list.ts'
import type {OperatorRetired} from './retire.ts'

/** A line for each operator. */
export function operatorRows(items: readonly Operator[]): View {
  return {
    heads: ['email', 'role', 'added', 'retired', 'key'],
    rows: items.map(({email, role, addedAt, retiredAt, publicKey}) => [email, role, addedAt, retiredAt, publicKey]),
    empty: 'No operators.',
  }
}

/** What was done. */
export function operatorAdded({email, role, changed}: OperatorAdded, plan = false): View {
  if (changed && plan) return `${email} would sign as ${role}.`
  return changed ? `${email} signs as ${role} from now on.` : `${email} was an operator already; nothing was changed.`
}

/** What was done. */
export function operatorRetired({email, changed}: OperatorRetired, plan = false): View {
  if (changed && plan) return `Nothing ${email} signs would be accepted any more.`
  return changed ? `Nothing ${email} signs is accepted any more.` : `${email} had retired already; nothing was changed.`
}
