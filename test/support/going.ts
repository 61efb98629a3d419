import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {packageRoot} from '../../src/root.ts'
import type {Centre} from './centre.ts'
import {type Ended, run} from './process.ts'

interface Going {
  readonly ended: Promise<Ended>
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  /** What an operator's Ctrl-C does to it; resolves when it said that it heard, or has ended. */
  interrupt(): Promise<void>
}

/** The command, as a process that things can be done to. */
export function going({home}: Centre, words: readonly string[]): Going {
  let [pid, kill] = [0, (_: NodeJS.Signals) => {}]
  const {promise: heard, resolve: hear} = Promise.withResolvers<void>()
  const env = {PATH: process.env.PATH, SELFHELP_HOME: home}
  const ended = run([join(packageRoot(), 'bin/selfhelp'), ...words], {
    env,
    cwd: '/',
    during: child => {
      kill = child.kill
      pid = child.pid
    },
    heard: err => err.includes('Stopping') && hear(),
  })
  return {
    ...{ended, pid, kill},
    async interrupt() {
      kill('SIGINT')
      // Two signals that come before it heard of the first are one to it.
      await Promise.race([heard, ended])
    },
  }
}

/** Returns as soon as a step of the tenant's run is being made. */
export async function reached(
  ledger: Ledger,
  {tenant, during, ended}: {tenant: string; during: string; ended: Promise<Ended>},
): Promise<void> {
  let over: Ended | undefined
  void ended.then(end => {
    over = end
  })
  const step = () => ledger.one`
    select from run join run_step on run_step.run = run.id where run.subject = ${tenant} and run_step.name = ${during}`
  while ((await step()) === undefined) {
    if (over) throw new Error(`it ended before ${during}: ${over.exit} ${over.err}`)
    await sleep(10)
  }
}
