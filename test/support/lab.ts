import {existsSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {labDown} from '../../src/lab/down.ts'
import {sshArgv} from '../../src/lab/enter.ts'
import {type Attempt, attempt} from '../../src/lab/local.ts'
import {requireLabMachine} from '../../src/lab/requirements.ts'
import {knownHost, knownLab, listLabs} from '../../src/lab/state.ts'
import {answersSsh} from '../../src/lab/status.ts'
import type {Progress} from '../../src/terminal/progress.ts'

/** Why lab hosts cannot run here; undefined when they can. Journeys are skipped with it, aloud. */
export async function whyNoLab(): Promise<string | undefined> {
  return await requireLabMachine().then(
    () => undefined,
    (error: Error) => error.message,
  )
}

/** The name of this test run's own lab; two runs at once have two. */
export const testLab = (suffix = ''): string => `${process.env.SELFHELP_TEST_LAB ?? `test-${process.pid}`}${suffix}`

export const silent: Progress = {part: () => ({at: () => {}, done: () => {}, failed: () => {}})}

/** Takes down the labs of test runs that were killed, those whose process is gone, and of the run that ends now. */
export async function sweepTestLabs(ending?: number): Promise<void> {
  for (const {name} of await listLabs()) {
    const pid = /^test-(\d+)/.exec(name)?.[1]
    if (pid !== undefined && (Number(pid) === ending || !existsSync(`/proc/${pid}`))) await labDown(name, [], silent)
  }
}

/** True as soon as its sshd greets, which takes its time on a busy machine. */
export async function greets(address: string): Promise<boolean> {
  for (let tries = 0; tries < 60; tries++) {
    if (await answersSsh(address, 5000)) return true
    await sleep(500)
  }
  return false
}

/** Runs a command as root on a fresh lab host, over SSH with the lab's key; packages take minutes on a busy machine. */
export async function asRoot(labName: string, hostName: string, command: readonly string[]): Promise<Attempt> {
  const lab = await knownLab(labName)
  return await attempt(sshArgv(lab, knownHost(lab, hostName), command), {timeout: 600_000})
}
