import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {Refusal} from '../error.ts'
import type {Progress} from '../terminal/progress.ts'
import {freeze} from './cgroup.ts'
import {freeDisk, mountBase} from './disk.ts'
import {makeIdentity, newHost, writeKnownHosts} from './guest.ts'
import {baseImage} from './image.ts'
import {initScript, keeperScript} from './keeper.ts'
import {locked} from './lock.ts'
import {defaultSites, grow, hostSeat, type Lab, type LabHost, labName, type SiteCount} from './model.ts'
import {makeNetwork, setCable} from './network.ts'
import {labPaths, labsFolder} from './paths.ts'
import {powerOn, untilReady} from './power.ts'
import {installLabPackages, requireLabMachine} from './requirements.ts'
import {allotOctet, readLab, writeLab} from './state.ts'
import {type LabStatus, statusOf} from './status.ts'
import {setSysctls} from './sysctl.ts'

export interface UpOptions {
  readonly name: string
  /** Without it: what the lab has already, or the default sites. Hosts are added, never taken away. */
  readonly sites?: readonly SiteCount[]
  /** Bytes of each new lab's hosts' own disks. */
  readonly disk?: number
}

/**
 * Makes the lab stand, whatever it was before: builds what is missing, repairs what a crash or a reboot of the machine
 * left, starts what is stopped, takes every fault away. Returns when every host answers over SSH. Throws a Refusal off Debian 12 or without root.
 */
export async function labUp(options: UpOptions, progress: Progress): Promise<LabStatus> {
  checkName(options.name)
  await requireLabMachine()
  await installLabPackages(progress)
  const image = (await readLab(options.name))?.image ?? (await baseImage(progress))
  return await locked(`lab-${options.name}`, async () => {
    const lab = await locked('machine', async () => await settle(options, image))
    await prepare(lab)
    await startHosts(lab, progress)
    return await statusOf(lab)
  })
}

function checkName(name: string): void {
  if (labName.test(name) && name.length <= 24) return
  throw new Refusal('input-invalid', `"${name}" cannot be a lab's name`, {
    remedies: ['Use 1–24 small letters, digits and single dashes, beginning with a letter.'],
  })
}

/** Decides and writes down what the lab is, before anything of it exists, so that `down` can always find it. */
async function settle({name, sites, disk}: UpOptions, image: string): Promise<Lab> {
  await mkdir(labsFolder, {recursive: true, mode: 0o700})
  await setSysctls()
  const known = await readLab(name)
  if (known !== undefined) refuseOtherDisk(known, disk)
  const base: Lab = known ?? {
    format: 1,
    name,
    octet: await allotOctet(),
    image,
    ...(disk === undefined ? {} : {disk}),
    sites: [],
    hosts: [],
  }
  if (known === undefined) await writeLab(base)
  const grown = grow(base, sites ?? (base.hosts.length === 0 ? defaultSites : []))
  await makeIdentity(name)
  const added = await Promise.all(grown.missing.map(host => newHost(name, host)))
  const lab: Lab = {...base, sites: grown.sites, hosts: [...base.hosts, ...added]}
  await writeLab(lab)
  return lab
}

function refuseOtherDisk(lab: Lab, disk: number | undefined): void {
  if (disk === undefined || disk === lab.disk) return
  throw new Refusal(
    'lab-not-possible',
    `lab "${lab.name}" stands already, and the disks of its hosts keep their size`,
    {
      facts: {lab: lab.name, disk: lab.disk, asked: disk},
      remedies: [`selfhelp lab down --lab ${lab.name}`, 'Use another name with --lab.'],
    },
  )
}

async function startHosts(lab: Lab, progress: Progress): Promise<void> {
  const part = progress.part(`hosts of lab ${lab.name}`)
  const waiting = new Set(lab.hosts.map(host => host.name))
  const start = async (host: LabHost) => {
    await locked(`${lab.name}-${host.name}`, async () => await stand(lab, host))
    waiting.delete(host.name)
    part.at(`waiting for ${[...waiting].join(', ')}`)
  }
  const results = await Promise.allSettled(lab.hosts.map(start))
  const failed = results.find(result => result.status === 'rejected')
  if (failed === undefined) return part.done(`${lab.hosts.length} answer over SSH`)
  part.failed(`${[...waiting].join(', ')} did not start`)
  throw failed.reason
}

/** Starts the host and takes every fault from it. */
async function stand(lab: Lab, host: LabHost): Promise<void> {
  await freeze(lab.name, host.name, false)
  await powerOn(lab, host)
  await setCable(hostSeat(lab, host), true)
  await freeDisk(lab, host)
  await untilReady(lab, host)
}

async function prepare(lab: Lab): Promise<void> {
  const {keeper, init} = labPaths(lab.name)
  await writeFile(keeper, keeperScript)
  await writeFile(init, initScript)
  await chmod(init, 0o755)
  await writeKnownHosts(lab)
  await mountBase(lab)
  await makeNetwork(lab)
}
