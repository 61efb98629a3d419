import {asWanted, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {hostLock} from '../host/model.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step, undo} from '../runbook/step.ts'
import {held, isLoaded, isReshaped, loading, stampFor} from './charon.ts'
import {credentialsOf, makeCredentials, needed} from './key.ts'
import {lookIsScheduled} from './look.ts'
import {connectionName, type Vpn, vpnName} from './model.ts'
import {placed, standing} from './place.ts'

/** What a run about a VPN works on. */
export interface VpnInput {
  /** `acme/north` */
  readonly vpn: string
  readonly tenant: string
  /** Its gateway first, then the hosts that use it. */
  readonly hosts: readonly string[]
  /** The tenant's environments: the calendar judges the change by them. */
  readonly environments: readonly string[]
}

/** The parts every runbook about one VPN has in common. */
export const about = {
  subject: ({vpn}: VpnInput) => vpn,
  tenant: ({tenant}: VpnInput) => tenant,
  environments: ({environments}: VpnInput) => environments,
  locks: ({hosts}: VpnInput) => hosts.map(hostLock),
} as const

/** What was agreed is what the hosts do: this connection is loaded, and no other is touched. */
export function vpnApply(platform: Platform): Runbook<VpnInput> {
  return runbook<VpnInput>({
    ...about,
    id: 'vpn-apply',
    change: 'configuration',
    title: ({vpn}) => `apply the VPN ${vpn}`,
    steps: ({vpn}) => [
      step('gateway-answers', gatewayAnswers(platform, vpn)),
      step('credentials-are-made', credentialsAreMade(platform, vpn)),
      step('hosts-are-as-wanted', hostsAreAsWanted(platform, vpn), {...stays, within: 'PT5M'}),
      step('connection-is-loaded', connectionIsLoaded(platform, vpn)),
      step('look-is-scheduled', lookIsScheduled(platform)),
    ],
  })
}

const stays = undo.never('what was applied is what was agreed', 'docs/runbooks/vpn-apply.md')

/** Its host has been made a gateway. */
function gatewayAnswers(platform: Platform, name: string): Fact {
  return {
    holds: async () => {
      const {gateway} = await placed(platform, name)
      const machine = await platform.machine(gateway.name)
      const [answer] = await machine.ask([{ask: 'run', args: ['systemctl', 'is-active', 'strongswan.service']}])
      return answer?.exit === 0
    },
    make: async () => {
      const {gateway} = await placed(platform, name)
      throw new Refusal('vpn-unfit', `${gateway.name} runs no VPN service yet.`, {
        facts: {host: gateway.name},
        remedies: [`selfhelp host apply ${gateway.name}`, `On ${gateway.name}: journalctl -u strongswan`],
      })
    },
  }
}

function credentialsAreMade(platform: Platform, name: string): Fact {
  return {
    holds: async () => {
      const {spec} = (await placed(platform, name)).vpn
      return spec.authentication === undefined || (await credentialsOf(platform, spec)) !== undefined
    },
    make: async () => makeCredentials(platform, (await placed(platform, name)).vpn.spec),
  }
}

/** Files, addresses, routes and firewalls, on the gateway and on the hosts that use it. */
export function hostsAreAsWanted(platform: Platform, name: string): Fact {
  return asWanted(async () => standing(platform, await placed(platform, name)))
}

/** Charon holds what the files say; a private line has none. */
export function connectionIsLoaded(platform: Platform, name: string): Fact {
  const now = async () => {
    const {vpn, ours} = await placed(platform, name)
    const credentials = await needed(platform, vpn.spec)
    return {vpn, ours, credentials, machine: await platform.machine(vpn.gateway)}
  }
  return {
    holds: async () => {
      const {vpn, ours, credentials, machine} = await now()
      if (!credentials) return true
      return isLoaded(await held(machine, connectionName(vpn.spec)), stampFor(vpn, ours, credentials))
    },
    make: async (at: At) => {
      const {vpn, ours, credentials, machine} = await now()
      if (!credentials) return
      const stamp = stampFor(vpn, ours, credentials)
      const before = await held(machine, connectionName(vpn.spec))
      const anew = before.tunnels.length === 0 || isReshaped(before, stamp)
      // Another content is another act, so that what a lost connection left half done is not taken for it.
      const id = `${at.run}-load-${stamp.slice(0, 16)}${anew ? '-anew' : ''}`
      await machine.act(id, loading({vpn, ours, credentials}, anew), at.fence(hostLock(vpn.gateway)))
    },
  }
}

/** The input of a run about this VPN. Throws `Refusal('not-found')`. */
export async function readyFor(
  platform: Pick<Platform, 'ledger'>,
  name: string,
  environments: (tenant: string) => Promise<readonly string[]>,
): Promise<VpnInput> {
  const {vpn, gateway, users} = await placed(platform, name)
  const {tenant} = (vpn as Vpn).spec
  const hosts = [gateway.name, ...users.map(each => each.name)]
  return {vpn: vpnName(vpn.spec), tenant, hosts, environments: await environments(tenant)}
}
