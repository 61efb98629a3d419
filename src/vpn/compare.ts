import {Temporal} from 'temporal-polyfill'
import type {Contract} from '../contract/model.ts'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {neededTenant} from '../ledger/tenant.ts'
import {normsOf, putNorms} from '../ledger/vpn.ts'
import type {Spec} from './model.ts'

/** What speaks for and against a kind of link, with the requirement it comes from. */
export interface Criterion {
  readonly type: Spec['type']
  readonly side: 'for' | 'against'
  readonly rule: string
  readonly en: string
  readonly fr: string
}

/** R100–R107, in the order of the customer's own paper. */
const criteria: readonly Criterion[] = [
  row(
    'ipsec',
    'for',
    'R100',
    'Fast to set up: no line to build, generally less than 2 days',
    'Rapidité de mise en œuvre : pas de ligne à configurer, généralement moins de 2 jours',
  ),
  row('ipsec', 'for', 'R101', 'Lower cost', 'Coût moindre'),
  row(
    'ipsec',
    'for',
    'R102',
    'High security, although data crosses the Internet',
    'Sécurité élevée, même si les données transitent par Internet',
  ),
  row(
    'ipsec',
    'against',
    'R103',
    'An encrypted tunnel, but not a private line',
    'Tunnel chiffré, mais les informations ne transitent pas par une ligne privée',
  ),
  row('private-line', 'for', 'R104', 'Greatest confidentiality', 'Confidentialité maximale'),
  row(
    'private-line',
    'for',
    'R105',
    'A dedicated link instead of the standard Internet access',
    "Liaison dédiée, au lieu de l'accès Internet standard",
  ),
  row('private-line', 'against', 'R106', 'Cost to set up and to use', "Coût de mise en œuvre et d'utilisation"),
  row(
    'private-line',
    'against',
    'R107',
    'The line often takes more than 4 weeks',
    'Délai de mise en place de la ligne souvent supérieur à 4 semaines',
  ),
]

/** Days until a link of each type stands. */
export const leadDays: Readonly<Record<Spec['type'], number>> = {ipsec: 2, 'private-line': 28}

export interface Compared {
  readonly tenant: string
  /** What the customer's own security norms ask for (R099b). */
  readonly norms: string
  readonly items: readonly Criterion[]
  readonly lead: readonly {
    readonly type: Spec['type']
    readonly days: number
    readonly earliest: string
    readonly late: boolean
  }[]
  /** The first day of the contract. */
  readonly start: string
}

/**
 * Both kinds of link beside each other, once the customer's norms are known; `norms` records them.
 * Throws `Refusal('input-invalid')` before anybody asked for the norms, `Refusal('not-found')`.
 */
export async function compareVpns(
  ledger: Queries,
  {tenant, norms, today}: {tenant: string; norms?: string | undefined; today: Temporal.PlainDate},
): Promise<Compared> {
  const row = await neededTenant(ledger, tenant)
  const known = norms ?? (await normsOf(ledger, tenant))
  if (known === undefined || known.trim() === '' || known.length > 2000)
    throw new Refusal('input-invalid', `What the security norms of ${tenant} ask for is not known (R099b).`, {
      remedies: [`selfhelp vpn compare ${tenant} --norms "ISO 27001; no other rule"`],
    })
  if (norms !== undefined) await putNorms(ledger, tenant, norms)
  const {start} = row.contract as Contract
  const lead = (['ipsec', 'private-line'] as const).map(type => {
    const earliest = today.add({days: leadDays[type]})
    return {type, days: leadDays[type], earliest: `${earliest}`, late: Temporal.PlainDate.compare(earliest, start) > 0}
  })
  return {tenant, norms: known, items: criteria, lead, start}
}

function row(...[type, side, rule, en, fr]: [Spec['type'], Criterion['side'], string, string, string]): Criterion {
  return {type, side, rule, en, fr}
}
