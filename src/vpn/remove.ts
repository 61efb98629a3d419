import {asWanted, type Platform} from '../environment/steps.ts'
import {hostLock} from '../host/model.ts'
import {deleteVpn, vpns} from '../ledger/vpn.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step, undo} from '../runbook/step.ts'
import {about, type VpnInput} from './apply.ts'
import {held, unloading} from './charon.ts'
import {forgetCredentials} from './key.ts'
import {connectionName} from './model.ts'
import {fallen, placed} from './place.ts'
import {at} from './wanted.ts'

/** A VPN goes, with its doors, its credentials in memory and on disk, and its line in the ledger. */
export function vpnRemove(platform: Platform): Runbook<VpnInput> {
  return runbook<VpnInput>({
    ...about,
    id: 'vpn-remove',
    change: 'configuration',
    title: ({vpn}) => `remove the VPN ${vpn}`,
    steps: ({vpn}) => [
      step('hosts-are-without-it', unlessGone(platform, vpn, hostsAreWithoutIt(platform, vpn)), {
        ...forGood,
        within: 'PT5M',
      }),
      step('connection-is-unloaded', unlessGone(platform, vpn, connectionIsUnloaded(platform, vpn))),
      step('ledger-has-forgotten', forgotten(platform, vpn)),
    ],
  })
}

const forGood = undo.never('its doors are closed', 'docs/runbooks/vpn-remove.md')

function hostsAreWithoutIt(platform: Platform, name: string): Fact {
  return asWanted(async () => fallen(platform, await placed(platform, name)))
}

/** After the files: what is cleared from memory is read anew from what is left. */
function connectionIsUnloaded(platform: Platform, name: string): Fact {
  const now = async () => {
    const {vpn} = await placed(platform, name)
    return {vpn, machine: await platform.machine(vpn.gateway)}
  }
  return {
    holds: async () => {
      const {vpn, machine} = await now()
      if (!vpn.spec.authentication) return true
      const {connection, tunnels} = await held(machine, connectionName(vpn.spec))
      return connection === undefined && tunnels.length === 0
    },
    make: async run => {
      const {vpn, machine} = await now()
      const clear = {act: 'run', args: ['swanctl', '--load-creds', '--clear', '--noprompt']}
      const certificates = vpn.spec.authentication?.method === 'psk' ? [] : [clear]
      const name = connectionName(vpn.spec)
      const stamp = {act: 'run', args: ['rm', '-f', at.loaded(name), at.probed(name)]}
      const actions = [unloading(name, vpn.spec.tenant), stamp, ...certificates]
      await machine.act(`${run.run}-unload`, actions, run.fence(hostLock(vpn.gateway)))
    },
  }
}

function forgotten({ledger, secrets}: Platform, name: string): Fact {
  const [tenant = '', site = ''] = name.split('/')
  const isThere = async () => (await vpns(ledger, tenant)).some(each => each.site === site)
  return {
    holds: async () => !(await isThere()),
    make: async () => {
      const {vpn} = await placed({ledger}, name)
      await forgetCredentials({secrets}, vpn.spec)
      await deleteVpn(ledger, tenant, site)
    },
  }
}

/** The last step may have been done by a run that could not write it down. */
function unlessGone({ledger}: Platform, name: string, fact: Fact): Fact {
  const [tenant = '', site = ''] = name.split('/')
  const gone = async () => !(await vpns(ledger, tenant)).some(each => each.site === site)
  return {
    holds: async at => (await gone()) || fact.holds(at),
    make: async at => {
      if (!(await gone())) await fact.make(at)
    },
  }
}
