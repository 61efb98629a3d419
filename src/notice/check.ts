import type {Ledger} from '../ledger/ledger.ts'
import {type RelayRow, relays} from '../ledger/relay.ts'
import {type Names, type Spf, spfOf} from './spf.ts'

/** How one way of sending looks to those who receive. */
export interface RelayChecked {
  readonly owner: string
  readonly sender: string
  readonly host: string
  /** What the sender's domain says of each address of the relay. */
  readonly addresses: readonly {readonly address: string; readonly spf: Spf}[]
  readonly warnings: readonly string[]
}

/** Whether the domains mail is sent from know the relays that send it (R259–R263); asks the DNS, changes nothing. */
export async function checkRelays(ledger: Ledger, names: Names): Promise<{items: readonly RelayChecked[]}> {
  return {items: await Promise.all((await relays(ledger)).map(relay => checked(relay, names)))}
}

async function checked({owner, sender, host}: RelayRow, names: Names): Promise<RelayChecked> {
  const domain = sender.split('@')[1] ?? ''
  const found = await names.addresses(host)
  const addresses = await Promise.all(found.map(async address => ({address, spf: await spfOf(domain, address, names)})))
  const bad = addresses.filter(({spf}) => spf !== 'pass')
  const warnings = [
    ...(found.length === 0 ? [`${host} has no address in the DNS.`] : []),
    ...bad.map(
      ({address, spf}) =>
        `${domain} does not vouch for ${address} (SPF ${spf}): mail may be delayed or taken for spam.`,
    ),
    ...(owner === 'platform' ? ["A customer's own relay is better (R259)."] : []),
  ]
  return {owner, sender, host, addresses, warnings}
}
