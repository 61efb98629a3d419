import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {operators, retireOperator as retire} from '../ledger/operator.ts'

export interface OperatorRetired {
  readonly email: string
  readonly changed: boolean
}

/** From now on nothing this operator signs is accepted; what they signed before stays good. The last person cannot go. */
export async function retireOperator(
  {ledger, clock}: {readonly ledger: Ledger; readonly clock: Clock},
  email: string,
  plan = false,
): Promise<OperatorRetired> {
  return ledger.transaction(async tx => {
    // One at a time: of two who retire each other one must stay.
    await tx.all`select pg_advisory_xact_lock(7274153)`
    const rows = await operators(tx)
    const found = rows.find(row => row.email === email)
    if (!found) throw new Refusal('not-found', `There is no operator ${email}.`, {remedies: ['selfhelp operator list']})
    if (found.retiredAt) return {email, changed: false}
    const others = rows.filter(row => row.role !== 'machine' && !row.retiredAt && row.email !== email)
    if (found.role !== 'machine' && others.length === 0)
      throw new Refusal(
        'operator-exists',
        `${email} is the last person who can sign; without one nobody could be added.`,
        {
          remedies: ['selfhelp operator add EMAIL --key FILE.pub'],
        },
      )
    if (!plan) await retire(tx, email, clock.now())
    return {email, changed: true}
  })
}
