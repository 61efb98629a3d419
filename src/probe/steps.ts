import {spawn} from 'node:child_process'
import {text} from 'node:stream/consumers'
import type {Queries} from '../ledger/ledger.ts'
import {type Dialling, dialFrom} from './dial.ts'
import {listProbes} from './list.ts'
import type {Probe} from './model.ts'
import {argvAt} from './way.ts'

export {probeNamed} from './list.ts'

/** What a program said. */
export interface Said {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** Runs a program at the probe point, with nothing on its stdin; at most that many milliseconds. */
export async function fromProbe(probe: Probe, argv: readonly string[], within = 30_000): Promise<Said> {
  const [program = '', ...rest] = argvAt(probe, argv)
  const child = spawn(program, rest, {stdio: ['ignore', 'pipe', 'pipe'], timeout: within, killSignal: 'SIGKILL'})
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? 124))
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return {exit: code, out, err}
}

/** Looking from a probe point: its name, and connections that begin there. */
export function outsideAt(probe: Probe): Dialling & {readonly name: string} {
  const {dial, close} = dialFrom(probe)
  return {name: probe.name, dial, close}
}

/** Every probe point there is. */
export async function probesOf(ledger: Queries): Promise<readonly Probe[]> {
  return (await listProbes(ledger)).items
}
