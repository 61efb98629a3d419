import {readFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {stripVTControlCharacters} from 'node:util'
import {Failure} from '../error.ts'
import {firstProcess, freeze, isFrozen, processesOf, removeCgroup} from './cgroup.ts'
import {makeLayer, mountRoot} from './disk.ts'
import {personalise} from './guest.ts'
import {endKeeper, keeperLives, startKeeper} from './keeper.ts'
import {hostSeat, type Lab, type LabHost} from './model.ts'
import {makeHostNetwork} from './network.ts'
import {hostPaths} from './paths.ts'
import {answersSsh, stateOf} from './status.ts'

/** What systemd as PID 1 understands: SIGRTMIN+3 halts, SIGRTMIN+5 reboots. */
const halt = 37
const restart = 39

/** Starts the host unless it runs; what a crash left of it is ended first. */
export async function powerOn(lab: Lab, host: LabHost): Promise<void> {
  const {state} = await stateOf(lab, host)
  if (state === 'running' || state === 'paused') return
  await endAll(lab, host)
  await makeLayer(lab, host)
  await mountRoot(lab, host)
  await personalise(lab, host)
  await makeHostNetwork(lab, host)
  await startKeeper(lab, host)
}

/** Shuts the host down in order; after the grace, in milliseconds, its power is cut. */
export async function powerOff(lab: Lab, host: LabHost, grace = 20_000): Promise<void> {
  await freeze(lab.name, host.name, false)
  await signalFirst(lab, host, halt)
  const deadline = Date.now() + grace
  while (Date.now() < deadline && (await processesOf(lab.name, host.name)).length > 0) await sleep(50)
  await endAll(lab, host)
}

/** Cuts the host's power: its PID 1 is killed, and with it everything in it. */
export async function powerCut(lab: Lab, host: LabHost): Promise<void> {
  await endAll(lab, host)
}

/** Reboots the host as its own `reboot` does. */
export async function rebootHost(lab: Lab, host: LabHost): Promise<void> {
  await freeze(lab.name, host.name, false)
  await signalFirst(lab, host, restart)
}

/** Waits until the host answers over SSH. Throws a Failure after the time given, in milliseconds. */
export async function untilReady(lab: Lab, host: LabHost, timeout = 60_000): Promise<void> {
  const {address} = hostSeat(lab, host)
  const deadline = Date.now() + timeout
  while (!(await answersSsh(address))) {
    if (!(await keeperLives(lab.name, host.name))) throw await notStarted(lab, host)
    if (Date.now() > deadline) {
      throw new Failure('host-unreachable', `${host.name} did not answer over SSH within ${timeout / 1000} s`, {
        facts: {host: host.name, address},
        remedies: [`selfhelp lab status --lab ${lab.name}`, `selfhelp lab reboot ${host.name} --lab ${lab.name}`],
      })
    }
    await sleep(50)
  }
}

async function notStarted(lab: Lab, host: LabHost): Promise<Failure> {
  const text = await readFile(hostPaths(lab.name, host.name).console, 'utf8').catch(() => '')
  const lastWords = stripVTControlCharacters(text)
    .trim()
    .split(/[\r\n]+/)
    .slice(-8)
  return new Failure('lab-tool-failed', `${host.name} ended while it started; its console says why`, {
    facts: {host: host.name, lastWords},
    remedies: [`selfhelp lab start ${host.name} --lab ${lab.name}`],
  })
}

async function signalFirst(lab: Lab, host: LabHost, signal: number): Promise<void> {
  const pid = await firstProcess(await processesOf(lab.name, host.name))
  if (pid !== undefined) signalTo(pid, signal)
}

/**
 * Ends everything of the host, the keeper first so that nothing starts again. Killing only the container's supervisor
 * would orphan what runs in it.
 */
async function endAll(lab: Lab, host: LabHost): Promise<void> {
  if (await isFrozen(lab.name, host.name)) await freeze(lab.name, host.name, false)
  await endKeeper(lab.name, host.name)
  const deadline = Date.now() + 10_000
  for (;;) {
    const pids = await processesOf(lab.name, host.name)
    if (pids.length === 0) break
    if (Date.now() > deadline) {
      throw new Failure('lab-tool-failed', `processes of ${host.name} did not end`, {facts: {host: host.name, pids}})
    }
    const first = await firstProcess(pids)
    for (const pid of first === undefined ? pids : [first]) signalTo(pid, 9)
    await sleep(20)
  }
  await removeCgroup(lab.name, host.name)
}

function signalTo(pid: number, signal: number): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
