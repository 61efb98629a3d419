import type {Link, Role, Seat} from '../src/flow/model.ts'
import {innerOf, ruleset} from '../src/flow/steps.ts'
import {derived} from '../src/flow/table.ts'
import {openLedger} from '../src/ledger/open.ts'
import {filled, selfhelp} from './ledger.ts'
import {type Compared, program, within} from './pairs.ts'

const tenants = 1000

/** The matrix of a thousand tenants, each with a VPN, two servers in it and one outside; and how rulesets grow. */
export async function flow({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  const matrix = await filled({tenants, entries: 0}, async env => {
    await linked(env)
    const ours = program('selfhelp flow matrix', [selfhelp, 'flow', 'matrix'], env)
    return within({name: `flow matrix of ${tenants} tenants`, ours, atMost: 2000, times: pairs})
  })
  return [matrix, ...growth()]
}

async function linked(env: NodeJS.ProcessEnv): Promise<void> {
  const ledger = await openLedger({home: env.SELFHELP_HOME ?? '', env})
  try {
    await ledger.all`
      insert into host (name, site, address, host_key, roles)
      select 'gateway-' || n, 'north', '10.2.0.' || n, 'ssh-ed25519 AAAA', '{gateway}' from generate_series(0, 4) n`
    await ledger.all`
      insert into vpn (tenant, site, number, gateway, spec)
      select 't' || n, 'north', n, 'gateway-' || n % 5, jsonb_build_object('peer', jsonb_build_object('address', '198.51.100.7'),
        'networks', jsonb_build_array(jsonb_build_object('network', '10.' || n / 250 || '.' || n % 250 || '.0/24')),
        'servers', jsonb_build_array(
          jsonb_build_object('name', 'directory', 'purpose', 'ldap', 'address', '10.' || n / 250 || '.' || n % 250 || '.1', 'port', 636),
          jsonb_build_object('name', 'mail', 'purpose', 'mail', 'address', '10.' || n / 250 || '.' || n % 250 || '.2', 'port', 465)))
      from generate_series(1, ${tenants}::integer) n`
    await ledger.all`
      insert into connector (tenant, name, purpose, address, port, reachability)
      select 't' || n, 'sso', 'sso', '192.0.2.' || n % 250, 443, 'public' from generate_series(1, ${tenants}::integer) n`
  } finally {
    await ledger.close()
  }
}

const [few, many] = [10, 1000]

/**
 * What hosts and VPNs add to a ruleset is added, never multiplied: many of both take no more bytes than many of the one and
 * many of the other, and as many rules as few of both.
 */
function growth(): readonly Compared[] {
  return (['application', 'gateway'] as const).map(kind => {
    const size = (hosts: number, links: number) => {
      const text = ruleset(neighbourhood(kind, {hosts, links}))
      const rules = text.match(/^ {4}.*(?:accept|drop|snat|dnat|mark set)/gm)?.length ?? 0
      console.log(`    ${kind}: ${hosts} hosts, ${links} VPNs: ${rules} rules, ${(text.length / 1024).toFixed(1)} kB`)
      return {rules, bytes: text.length}
    }
    const [least, hosts, links, both] = [size(few, few), size(many, few), size(few, many), size(many, many)]
    const ratio = both.bytes / (hosts.bytes + links.bytes)
    const measured = `${ratio.toFixed(2)} ×`
    const verdict = ratio <= 1 && both.rules === least.rules ? 'met' : 'not met'
    return {name: `ruleset of a host for ${kind}`, measured, goal: '1.00 ×', verdict}
  })
}

/** A gateway or a host for applications among as many of these, and as many links, each with two servers. */
function neighbourhood(kind: 'application' | 'gateway', {hosts, links: count}: {hosts: number; links: number}) {
  const application: readonly Role[] = ['edge', 'presentation', 'edition', 'database']
  const seats = Array.from({length: hosts}, (_, n): Seat => {
    const addresses = [`10.${Math.floor(n / 250)}.1.${n % 250}`, `fd5e::${n.toString(16)}`]
    return {name: `north-${n}`, roles: application, addresses}
  })
  const gateway: Seat = {name: 'gateway', roles: ['gateway'], addresses: ['10.9.9.9', 'fd5e::9999']}
  const fleet = [...seats, gateway]
  const host = (kind === 'gateway' ? gateway : seats[0]) ?? gateway
  const links = Array.from({length: count}, (_, n): Link => {
    const network = `10.${100 + Math.floor(n / 250)}.${n % 250}`
    const server = (last: number, purpose: 'ldap' | 'mail') => ({name: purpose, purpose, address: `${network}.${last}`})
    return {
      ...{
        tenant: `t${n}`,
        site: 'north',
        gateway: 'gateway',
        number: n + 1,
        inner: innerOf(n + 1),
        peer: '198.51.100.7',
      },
      networks: [{network: `${network}.0/24`}],
      servers: [
        {...server(1, 'ldap'), port: 636},
        {...server(2, 'mail'), port: 465},
      ],
      users: ['north-0', 'north-1'],
    }
  })
  const around = {controlPlane: ['10.99.1.1'], packagePorts: [80, 443], accounts: ['_apt']}
  return {host, fleet, around, more: {links, rows: derived(links)}}
}
