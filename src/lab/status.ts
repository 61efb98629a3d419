import {stat} from 'node:fs/promises'
import {connect} from 'node:net'
import {firstProcess, isFrozen, processesOf} from './cgroup.ts'
import {isMounted} from './disk.ts'
import {keeperLives} from './keeper.ts'
import {hostSeat, type Lab, type LabHost, outsideSeat, siteNetwork} from './model.ts'
import {cutPorts, isWired, namespaceExists} from './network.ts'
import {hostPaths, labPaths} from './paths.ts'
import {knownLab} from './state.ts'

/** `running` says that its PID 1 lives, not that its services are up. `broken`: a part of it is left by a crash. */
export type HostState = 'running' | 'paused' | 'stopped' | 'broken'
export type Fault = 'cut' | 'filled'

export interface HostStatus {
  readonly name: string
  readonly site: string
  readonly state: HostState
  readonly faults: readonly Fault[]
  readonly address: string
  readonly address6: string
  /** The control plane's network, as this host sees it. */
  readonly controlPlane: string
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string
  /** Private key with which root may log in until the host is adopted. */
  readonly identity: string
  /** As this machine numbers it. */
  readonly pid?: number
}

export interface LabStatus {
  readonly lab: string
  readonly network: string
  readonly identity: string
  readonly knownHosts: string
  /** Where "from outside" is: the namespace's name, and its address. */
  readonly outside: {
    readonly netns: string
    readonly address: string
    readonly address6: string
    readonly ready: boolean
  }
  readonly sites: readonly {readonly name: string; readonly controlPlane: string; readonly controlPlane6: string}[]
  readonly hosts: readonly HostStatus[]
}

/** What the lab has and how it is now; observed, not remembered. Throws a Refusal when there is none. */
export async function labStatus(name: string): Promise<LabStatus> {
  return await statusOf(await knownLab(name))
}

/** The same for a lab already read. */
export async function statusOf(lab: Lab): Promise<LabStatus> {
  const {identity, knownHosts} = labPaths(lab.name)
  const outside = outsideSeat(lab)
  const cut = await cutPorts()
  return {
    lab: lab.name,
    network: `10.${lab.octet}.0.0/16`,
    identity,
    knownHosts,
    outside: {
      netns: outside.netns,
      address: outside.address,
      address6: outside.address6,
      ready: await namespaceExists(outside.netns),
    },
    sites: lab.sites.map(site => {
      const network = siteNetwork(lab.octet, site.number)
      return {name: site.name, controlPlane: network.gateway, controlPlane6: network.gateway6}
    }),
    hosts: await Promise.all(lab.hosts.map(host => hostStatus(lab, host, cut))),
  }
}

async function hostStatus(lab: Lab, host: LabHost, cut: ReadonlySet<string>): Promise<HostStatus> {
  const seat = hostSeat(lab, host)
  const {state, pid} = await stateOf(lab, host)
  const faults: Fault[] = []
  if (cut.has(seat.port)) faults.push('cut')
  if (await stat(hostPaths(lab.name, host.name).ballast).catch(() => undefined)) faults.push('filled')
  return {
    name: host.name,
    site: host.site,
    state,
    faults,
    address: seat.address,
    address6: seat.address6,
    controlPlane: seat.gateway,
    hostKey: host.hostKey,
    identity: labPaths(lab.name).identity,
    ...(pid === undefined ? {} : {pid}),
  }
}

/** Also what `lab up` goes by: it starts what is stopped, and what is broken anew. */
export async function stateOf(lab: Lab, host: LabHost): Promise<{state: HostState; pid?: number}> {
  const pids = await processesOf(lab.name, host.name)
  const pid = await firstProcess(pids)
  const kept = await keeperLives(lab.name, host.name)
  if (pid === undefined) return {state: kept ? 'running' : pids.length === 0 ? 'stopped' : 'broken'}
  const whole =
    kept && (await isWired(hostSeat(lab, host), pid)) && (await isMounted(hostPaths(lab.name, host.name).root))
  const state = !whole ? 'broken' : (await isFrozen(lab.name, host.name)) ? 'paused' : 'running'
  return {state, pid}
}

/** True once something at the address says it is an SSH server, within the time given in milliseconds. */
export async function answersSsh(address: string, timeout = 1_000): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect({host: address, port: 22})
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(timeout, () => end(false))
    socket.once('data', data => end(data.toString('latin1').startsWith('SSH-')))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}
