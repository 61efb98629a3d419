import type {Clock} from '../clock.ts'
import type {Ways} from '../host/steps.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import type {Machine} from '../machine/model.ts'

/** One thing that was compared. */
export interface Finding {
  /** `clock`, `host-key`, `recovery-keys`. */
  readonly check: string
  /** What was looked at: a host, a file, a tenant. */
  readonly subject: string
  /** `difference` makes the exit 5; a `warning` is what will become one, or what someone should know. */
  readonly state: 'fine' | 'warning' | 'difference'
  readonly expected: string
  readonly found: string
  readonly remedy?: string
}

/** One question of the doctor; each noun gives its own. */
export interface Check {
  readonly name: string
  /** Compares expected with found; trouble on the way is a finding, not an error. */
  run(patient: Patient): Promise<readonly Finding[]>
}

/** What is looked at. */
export interface Patient {
  readonly ledger: Ledger
  readonly ways: Ways
  readonly secrets: SecretStore
  /** A host of the ledger; its connection is closed with the world. */
  machine(host: string): Promise<Machine>
  readonly clock: Clock
  readonly home: string
  readonly env: NodeJS.ProcessEnv
}

export interface Health {
  readonly items: readonly Finding[]
  readonly differences: number
  readonly warnings: number
}

/** The finding with its state by whether it is as it should be. */
export function finding(
  about: Pick<Finding, 'check' | 'subject' | 'expected' | 'found'> & {readonly remedy: string},
  as: boolean,
  otherwise: 'warning' | 'difference' = 'difference',
): Finding {
  const {remedy, ...rest} = about
  return as ? {...rest, state: 'fine'} : {...rest, state: otherwise, remedy}
}
