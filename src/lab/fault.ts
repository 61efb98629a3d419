import {setTimeout as sleep} from 'node:timers/promises'
import {Refusal} from '../error.ts'
import type {Progress} from '../terminal/progress.ts'
import {firstProcess, freeze, processesOf} from './cgroup.ts'
import {fillDisk, freeDisk} from './disk.ts'
import {keeperLives} from './keeper.ts'
import {locked} from './lock.ts'
import {hostSeat, type Lab, type LabHost} from './model.ts'
import {cutPorts, setCable} from './network.ts'
import {powerCut, powerOff, powerOn, rebootHost, untilReady} from './power.ts'
import {knownHost, knownLab} from './state.ts'
import {type HostStatus, statusOf} from './status.ts'

/** What can be done to a host. Each has its way back: start, resume, heal, unfill. */
export type Verb = 'stop' | 'start' | 'reboot' | 'kill' | 'pause' | 'resume' | 'cut' | 'heal' | 'fill' | 'unfill'

export interface FaultOptions {
  readonly lab: string
  readonly host: string
  readonly verb: Verb
}

/**
 * Does it to the host and returns how the host is then. What is already so stays so. Throws a Refusal where it makes no
 * sense: a host that does not run cannot be paused or rebooted, and only a disk of its own can be filled.
 */
export async function fault(
  {lab: labName, host: hostName, verb}: FaultOptions,
  progress: Progress,
): Promise<HostStatus> {
  const lab = await knownLab(labName)
  const host = knownHost(lab, hostName)
  await locked(`${lab.name}-${host.name}`, async () => {
    if (verb === 'pause' || verb === 'reboot' || verb === 'resume') await requireRunning(lab, host)
    const part = progress.part(`${verb} ${host.name}`)
    await acts[verb](lab, host).then(
      () => part.done(),
      error => {
        part.failed()
        throw error
      },
    )
  })
  const {hosts} = await statusOf(lab)
  return hosts.find(each => each.name === host.name) as HostStatus
}

const acts: Readonly<Record<Verb, (lab: Lab, host: LabHost) => Promise<void>>> = {
  stop: powerOff,
  start,
  reboot,
  kill: powerCut,
  pause: async (lab, host) => await freeze(lab.name, host.name, true),
  resume: async (lab, host) => await freeze(lab.name, host.name, false),
  cut: async (lab, host) => await setCable(hostSeat(lab, host), false),
  heal: async (lab, host) => await setCable(hostSeat(lab, host), true),
  fill: fillDisk,
  unfill: freeDisk,
}

async function start(lab: Lab, host: LabHost): Promise<void> {
  await powerOn(lab, host)
  if (!(await isCut(lab, host))) await untilReady(lab, host)
}

async function reboot(lab: Lab, host: LabHost): Promise<void> {
  const before = await firstProcess(await processesOf(lab.name, host.name))
  await rebootHost(lab, host)
  const deadline = Date.now() + 60_000
  for (;;) {
    const now = await firstProcess(await processesOf(lab.name, host.name))
    if ((now !== undefined && now !== before) || Date.now() > deadline) break
    await sleep(50)
  }
  if (!(await isCut(lab, host))) await untilReady(lab, host)
}

async function isCut(lab: Lab, host: LabHost): Promise<boolean> {
  return (await cutPorts()).has(hostSeat(lab, host).port)
}

async function requireRunning(lab: Lab, host: LabHost): Promise<void> {
  if (await keeperLives(lab.name, host.name)) return
  throw new Refusal('lab-not-possible', `${host.name} does not run`, {
    facts: {lab: lab.name, host: host.name},
    remedies: [`selfhelp lab start ${host.name} --lab ${lab.name}`],
  })
}
