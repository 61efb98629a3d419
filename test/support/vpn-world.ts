import {readFileSync} from 'node:fs'
import type {Queries} from '../../src/ledger/ledger.ts'

/** A tenant of this name with its production on a host of north, as far as the ledger is asked about VPNs. */
export async function tenantRow(
  ledger: Queries,
  tenant: string,
  {vpn = 'ipsec', host = 'north-1'} = {},
): Promise<void> {
  const contract = {start: '2026-12-01', options: {vpn}}
  await ledger.all`
    insert into tenant (name, legal_name, locale, time_zone, contract)
    values (${tenant}, ${tenant.toUpperCase()}, 'fr', 'Europe/Paris', ${contract})`
  const id = `e${idOf(tenant)}`
  await ledger.all`
    insert into environment (id, tenant, name, phase, version, topology)
    values (${id}, ${tenant}, 'production', 'installation', '0.1.0', 'single')`
  for (const role of ['edge', 'presentation', 'edition', 'database'])
    await ledger.all`insert into placement (environment, role, host, reason) values (${id}, ${role}, ${host}, 'test')`
}

/** Two sites with a gateway each, and two application hosts. */
export async function fleetRows(ledger: Queries): Promise<void> {
  for (const site of ['north', 'south'])
    await ledger.all`
      insert into site (name, country, tier, iso27001, soc2) values (${site}, 'FR', '3+', '2099-01-01', '2099-01-01')`
  const application = ['edge', 'presentation', 'edition', 'database']
  const hosts = [
    ['north-1', 'north', '10.77.1.11', application],
    ['north-9', 'north', '10.77.1.19', ['gateway']],
    ['south-1', 'south', '10.77.2.11', application],
    ['south-9', 'south', '10.77.2.19', ['gateway']],
  ] as const
  for (const [name, site, address, roles] of hosts) {
    const facts = {addresses: [address], controlPlane: ['10.77.1.1'], debian: 12, packagePorts: [80]}
    await ledger.all`
      insert into host (name, site, address, host_key, roles, facts)
      values (${name}, ${site}, ${address}, 'ssh-ed25519 AAAA', ${roles}, ${facts})`
  }
}

/** The example's text. */
export const example = readFileSync(new URL('../../examples/vpn-acme.yaml', import.meta.url), 'utf8')

/** Six letters of base 32 for a name. */
function idOf(tenant: string): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  let sum = [...tenant].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 2 ** 30, 7)
  return Array.from({length: 6}, () => {
    const letter = letters[sum % 32]
    sum = Math.floor(sum / 32)
    return letter
  }).join('')
}
