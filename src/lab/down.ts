import {rm, rmdir} from 'node:fs/promises'
import {join} from 'node:path'
import type {Progress} from '../terminal/progress.ts'
import {removeLabCgroup} from './cgroup.ts'
import {unmountBelow} from './disk.ts'
import {writeKnownHosts} from './guest.ts'
import {locked} from './lock.ts'
import {hostSeat, type Lab, type LabHost} from './model.ts'
import {removeNetwork, removeSeat} from './network.ts'
import {hostPaths, labPaths, labsFolder} from './paths.ts'
import {powerCut} from './power.ts'
import {forgetLab, knownHost, knownLab, listLabs, readLab, writeLab} from './state.ts'
import {restoreSysctls} from './sysctl.ts'

export interface DownResult {
  readonly lab: string
  readonly removed: readonly string[]
  /** Hosts still there. */
  readonly left: readonly string[]
}

/**
 * Removes the hosts named, or the whole lab when none is: no process, mount, cgroup, namespace, link or table of it
 * stays, and the last lab of the machine puts its sysctls back. Without such a lab there is nothing to do.
 */
export async function labDown(name: string, hosts: readonly string[], progress: Progress): Promise<DownResult> {
  if (!(await readLab(name)) && hosts.length === 0) return {lab: name, removed: [], left: []}
  return await locked(`lab-${name}`, async () => {
    const lab = await knownLab(name)
    const going = hosts.length === 0 ? lab.hosts : hosts.map(host => knownHost(lab, host))
    const part = progress.part(`taking lab ${name} down`)
    await Promise.all(going.map(host => removeHost(lab, host)))
    const left = lab.hosts.filter(host => !going.includes(host))
    if (hosts.length === 0) await removeLab(lab)
    else await keepRest({...lab, hosts: left})
    part.done(`${going.length} hosts removed`)
    return {lab: name, removed: going.map(host => host.name), left: left.map(host => host.name)}
  })
}

async function removeHost(lab: Lab, host: LabHost): Promise<void> {
  await powerCut(lab, host)
  await unmountBelow(hostPaths(lab.name, host.name).folder)
  await removeSeat(hostSeat(lab, host))
  await rm(hostPaths(lab.name, host.name).folder, {recursive: true, force: true})
  await removeTraces(`${lab.name}-${host.name}`)
}

/** What systemd-nspawn keeps for a machine's name and would only sweep at the next boot. */
async function removeTraces(machine: string): Promise<void> {
  for (const kind of ['propagate', 'unix-export'])
    await rm(join('/run/systemd/nspawn', kind, machine), {recursive: true, force: true})
}

async function keepRest(lab: Lab): Promise<void> {
  await writeLab(lab)
  await writeKnownHosts(lab)
}

async function removeLab(lab: Lab): Promise<void> {
  await removeNetwork(lab)
  await unmountBelow(labPaths(lab.name).folder)
  await removeLabCgroup(lab.name)
  await locked('machine', async () => {
    await forgetLab(lab.name)
    if ((await listLabs()).length === 0) await restoreSysctls()
  })
  // Only when it is empty, and not where someone made it a mount point.
  await rmdir(labsFolder).catch(() => {})
}
