import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {hostLock} from '../host/model.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step, undo} from '../runbook/step.ts'
import {about, connectionIsLoaded, hostsAreAsWanted, type VpnInput} from './apply.ts'
import {beginning, held, rekeying} from './charon.ts'
import {fingerprintOf, makeCredentials} from './key.ts'
import {connectionName, vpnName} from './model.ts'
import {placed} from './place.ts'

/** What is to be replaced, so that a resumed run does not replace it twice. */
export interface RotateInput extends VpnInput {
  readonly before: string
  /** The old ones have leaked: what they opened ends too. */
  readonly now?: boolean
}

/**
 * New credentials in the store, on the gateway and in charon's memory; the tunnel goes on with the keys it has, unless it
 * is to be proved anew at once.
 */
export function vpnRotate(platform: Platform): Runbook<RotateInput> {
  return runbook<RotateInput>({
    ...about,
    id: 'vpn-rotate-secret',
    change: 'configuration',
    title: ({vpn}) => `give the VPN ${vpn} new credentials`,
    steps: ({vpn, before, now}) => [
      step('credentials-are-new', newCredentials(platform, vpn, before), stays),
      step('hosts-are-as-wanted', hostsAreAsWanted(platform, vpn), {within: 'PT5M'}),
      step('connection-is-loaded', connectionIsLoaded(platform, vpn)),
      step('memory-holds-no-others', memoryIsCleared(platform, vpn)),
      ...(now ? [step('tunnel-is-begun-anew', begunAnew(platform, vpn))] : []),
    ],
  })
}

const stays = undo.never('the old key is gone', 'docs/runbooks/vpn-rotate-secret.md')

function newCredentials(platform: Platform, name: string, before: string): Fact {
  const spec = async () => (await placed(platform, name)).vpn.spec
  return {
    holds: async () => (await fingerprintOf(platform, await spec())) !== before,
    make: async () => makeCredentials(platform, await spec(), true),
  }
}

/** A shared key of the same name took the old one's place; keys of certificates leave memory only when all are read anew. */
function memoryIsCleared(platform: Platform, name: string): Fact {
  let cleared = false
  return {
    holds: async () => cleared || (await placed(platform, name)).vpn.spec.authentication?.method === 'psk',
    make: async at => {
      const {vpn} = await placed(platform, name)
      const machine = await platform.machine(vpn.gateway)
      const clear = {act: 'run', args: ['swanctl', '--load-creds', '--clear', '--noprompt']}
      await machine.act(`${at.run}-clear`, [clear], at.fence(hostLock(vpn.gateway)))
      cleared = true
    },
  }
}

/** Nothing that the old credentials opened is open any more. */
function begunAnew(platform: Platform, name: string): Fact {
  let begun = false
  return {
    holds: async () => begun,
    make: async at => {
      const {vpn} = await placed(platform, name)
      const machine = await platform.machine(vpn.gateway)
      await machine.act(`${at.run}-begin`, [beginning(connectionName(vpn.spec))], at.fence(hostLock(vpn.gateway)))
      begun = true
    },
  }
}

/** The traffic keys that are to be replaced, by their number. */
export interface RekeyInput extends VpnInput {
  readonly before: string
}

/** New keys for the traffic, with a key exchange of their own; charon calls it done before the customer has agreed, so the tunnel is asked. */
export function vpnRekey(platform: Platform): Runbook<RekeyInput> {
  return runbook<RekeyInput>({
    ...about,
    id: 'vpn-rekey',
    change: 'configuration',
    title: ({vpn}) => `rekey the VPN ${vpn}`,
    steps: ({vpn, before}) => [
      step('traffic-keys-are-new', trafficKeysAreNew(platform, vpn, before), {within: 'PT0S'}),
    ],
  })
}

function trafficKeysAreNew(platform: Platform, name: string, before: string): Fact {
  const spis = () => spisOf(platform, name)
  return {
    holds: async () => (await spis()).some(spi => spi !== before),
    make: async at => {
      const {vpn} = await placed(platform, name)
      const machine = await platform.machine(vpn.gateway)
      const id = `${at.run}-rekey-${platform.clock.now().epochMilliseconds}`
      await machine.act(id, [rekeying(connectionName(vpn.spec))], at.fence(hostLock(vpn.gateway)))
      for (let tries = 0; tries < 50; tries++) {
        if ((await spis()).some(spi => spi !== before)) return
        await platform.clock.sleep(200, at.signal)
      }
      throw new Refusal(
        'vpn-unfit',
        `The VPN ${vpnName(vpn.spec)} got no new traffic keys: the customer's end did not agree.`,
        {
          facts: {spi: before},
          remedies: [`selfhelp vpn status ${name}`],
        },
      )
    },
  }
}

/** The numbers of the traffic keys in use. */
export async function spisOf(platform: Platform, name: string): Promise<readonly string[]> {
  const {vpn} = await placed(platform, name)
  const {tunnels} = await held(await platform.machine(vpn.gateway), connectionName(vpn.spec))
  return tunnels.flatMap(each => each.children.filter(child => child.state === 'INSTALLED').map(child => child.spi))
}
