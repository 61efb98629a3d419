import type {Clock} from '../clock.ts'
import type {Role} from '../flow/model.ts'
import type {Machine} from '../machine/model.ts'
import type {Secret} from '../secret/secret.ts'
import type {Host} from './model.ts'
import {type Inspection, inspect} from './preflight.ts'

/** Where a host is and which key it must show. */
export type Door = Pick<Host, 'name' | 'address' | 'hostKey'> & {
  /** Not recorded yet: the key is the one just typed, so there is nothing to re-pin. */
  readonly newcomer?: boolean
}

/** An account that exists before we come, and the key that opens it: read for this once, kept nowhere. */
export interface Bootstrap {
  readonly user: string
  readonly key: Secret
}

/** A machine one has entered and must leave. */
export interface Entered extends Machine {
  /** Begins to connect; whatever is in the way, the first question says it. */
  warm?(): void
  close(): Promise<void>
}

/** The ways into hosts; made once, where the keys are. */
export interface Ways {
  /** The control plane's own public key, `ssh-ed25519 AAAA…`. */
  readonly publicKey: string
  /** As the control plane's own account, or as the one given. Connects at the first question. */
  enter(door: Door, bootstrap?: Bootstrap): Entered
  /** Runs a program that only asks, without sudo, and gives what it printed. */
  run(door: Door, program: string, bootstrap?: Bootstrap): Promise<string>
  /** The key that answers at the address, unproven: `ssh-ed25519 AAAA…`. */
  presented(address: string): Promise<string>
}

/** Enters, works, leaves. */
export async function inside<T>(entered: Entered, work: (machine: Entered) => Promise<T>): Promise<T> {
  try {
    return await work(entered)
  } finally {
    await entered.close()
  }
}

/** The same ways, into machines that nobody has recorded yet. */
export function toNewcomers(ways: Ways): Ways {
  return {
    ...ways,
    enter: (door, bootstrap) => ways.enter({...door, newcomer: true}, bootstrap),
    run: (door, program, bootstrap) => ways.run({...door, newcomer: true}, program, bootstrap),
  }
}

/** What must be known to inspect a host. */
export interface Inspecting {
  readonly ways: Ways
  readonly clock: Clock
  /** The text of `templates/program/preflight.sh`. */
  readonly program: string
}

/** Asks a host what it is and judges it; changes nothing. */
export async function inspectHost(
  {ways, clock, program}: Inspecting,
  {door, roles, networks}: {door: Door; roles: readonly Role[]; networks: readonly string[]},
  bootstrap?: Bootstrap,
): Promise<Inspection> {
  const before = clock.now().epochMilliseconds / 1000
  const text = await ways.run(door, program, bootstrap)
  const took = clock.now().epochMilliseconds / 1000 - before
  return inspect(text, {roles, networks, took, seconds: before + took / 2})
}
