import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Test} from 'tap'
import {openLedger} from '../../src/ledger/open.ts'
import type {VpnStatus} from '../../src/vpn/status.ts'
import {type Centre, centre} from './centre.ts'
import {adopted, hostsAreApplied, must} from './prepared.ts'
import {onHost} from './tenant-hosts.ts'
import {type Customer, customer} from './vpn-customer.ts'
import {example, tenantRow} from './vpn-world.ts'

/** A control plane with a gateway, an application host, and two customers in a network of their own. */
export interface VpnJourney {
  readonly cmc: Centre
  readonly acme: Customer
  readonly globex: Customer
  /** The example's agreement for that tenant, whose device is that host; gives the file. */
  agreed(tenant: string, peer: string, change?: (text: string) => string): Promise<string>
  /** Records it and applies it. */
  applied(tenant: string, peer: string, change?: (text: string) => string): Promise<void>
  onGateway(script: string): Promise<string>
  stateOf(vpn: string): Promise<VpnStatus>
  /** Asks until it is so: the gateway calls and probes when it is told to here, and each 30 s by itself. */
  becomes(vpn: string, wanted: (status: VpnStatus) => boolean): Promise<VpnStatus>
  /** Ends what is up of it: the gateway calls anew. */
  again(vpn: string): Promise<void>
}

const servers = ['10.20.0.10,636', '10.20.0.25,465']

/** Makes it on lab hosts; packages are installed on all at once. */
export async function vpnJourney(
  t: Pick<Test, 'teardown'>,
  {name = '-vpn', south = 0}: {readonly name?: string; readonly south?: number} = {},
): Promise<VpnJourney> {
  const sites = [
    ...['north', 'cust'].map(name => ({name, count: 2})),
    ...(south ? [{name: 'south', count: south}] : []),
  ]
  const cmc = await centre(t, name, sites)
  await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
  const status = await cmc.status()
  const ours = {...status, hosts: status.hosts.filter(({site}) => site !== 'cust')}
  const roles = {
    'north-1': ['edge', 'presentation', 'edition', 'database'],
    'north-2': ['gateway'],
    'south-1': ['gateway'],
  }
  await adopted({...cmc, status: async () => ours}, roles)
  const [acme, globex] = await Promise.all([
    customer(cmc, 'cust-1', servers),
    customer(cmc, 'cust-2', [...servers, '10.40.0.10,636']),
    hostsAreApplied(cmc),
  ])
  const ledger = await openLedger({home: cmc.home, env: {}})
  for (const tenant of ['acme', 'globex']) await tenantRow(ledger, tenant)
  await ledger.close()
  return {cmc, acme, globex, ...agreeing(cmc), ...watching(cmc)}
}

const probing = ['systemctl', 'start', 'selfhelp-vpn-probe.service']

/** What is agreed with customers. */
export function agreeing(cmc: Centre): Pick<VpnJourney, 'agreed' | 'applied'> {
  const agreed: VpnJourney['agreed'] = async (tenant, peer, change = text => text) => {
    const file = join(dirname(cmc.home), `vpn-${tenant}.yaml`)
    const {address} = await cmc.host(peer)
    writeFileSync(file, change(example.replaceAll('acme', tenant).replace('203.0.113.7', address)))
    return file
  }
  return {
    agreed,
    applied: async (tenant, peer, change) => {
      const file = await agreed(tenant, peer, change)
      const site = /^site: (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1]
      await must(cmc, 'vpn', 'add', file, '--reason', 'test')
      await must(cmc, 'vpn', 'apply', `${tenant}/${site}`, '--reason', 'test')
    },
  }
}

/** How VPNs of the gateway `north-2` are. */
export function watching(cmc: Centre): Pick<VpnJourney, 'onGateway' | 'stateOf' | 'becomes' | 'again'> {
  const onGateway = async (script: string) => (await onHost(cmc, 'north-2', 'sh', '-c', script)).out
  const stateOf = async (vpn: string) => (await cmc.json('vpn', 'status', vpn)).answer.items[0] as VpnStatus
  return {
    onGateway,
    stateOf,
    becomes: async (vpn, wanted) => {
      // Within two minutes however busy the machine is; what is so at once costs nothing.
      for (const until = Date.now() + 120_000; ; ) {
        await cmc.type('lab', 'ssh', vpn.endsWith('/south') ? 'south-1' : 'north-2', '--lab', cmc.lab, '--', ...probing)
        const now = await stateOf(vpn)
        if (wanted(now) || Date.now() > until) return now
        await sleep(500)
      }
    },
    again: async vpn => void (await onGateway(`swanctl --terminate --ike ${vpn} --force --timeout 2; true`)),
  }
}
