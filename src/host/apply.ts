import {Refusal} from '../error.ts'
import type {Configured} from '../flow/steps.ts'
import type {Applied, Plan} from '../machine/model.ts'
import type {At, Runbook, Step} from '../runbook/model.ts'
import {runbook, step, undo} from '../runbook/step.ts'
import type {TlsPolicy} from '../tls/steps.ts'
import {type Host, hostLock} from './model.ts'
import {hostWanted} from './wanted.ts'
import {inside, type Ways} from './ways.ts'

/** What applying a host may be for. */
export const hostChanges = ['configuration', 'os-patch', 'security-fix', 'incident-fix'] as const
export type HostChange = (typeof hostChanges)[number]

export interface HostApplyInput {
  readonly name: string
  /** The environments on it when it was asked for: the calendar judges the change by them. */
  readonly environments: readonly string[]
  /** What it is to the calendar, when it is not the maintenance it mostly is. */
  readonly change?: HostChange
  /** The hash of the plan that was read; another is refused. */
  readonly expect?: string
}

/** What is known of hosts. */
export interface HostBook {
  /** Every host in service. */
  fleet(): Promise<readonly Host[]>
  /** Throws `Refusal('not-found')`. */
  named(name: string): Promise<Host>
  /** What is configured beside the table of flows. */
  configured(): Promise<Configured>
  /** What edges may offer; the default where nobody keeps it. */
  tls?(): Promise<TlsPolicy>
}

export interface HostWorld {
  readonly book: HostBook
  readonly ways: Ways
}

/** What changing a host found and did. */
export interface HostChanged {
  readonly host: string
  readonly changes: Plan['changes']
  readonly planHash: string
  readonly roundTrips: number
}

/** Makes a host as it is wanted. `did` is told what was done, for whoever shows it. */
export function hostApply(world: HostWorld, did: (applied: Applied) => void = () => {}): Runbook<HostApplyInput> {
  return runbook<HostApplyInput>({
    id: 'host-apply',
    change: ({change}) => change ?? 'configuration',
    title: ({name}) => `apply host ${name}`,
    subject: ({name}) => name,
    tenant: () => undefined,
    environments: ({environments}) => environments,
    locks: ({name}) => [hostLock(name)],
    steps: input => stepsOf(world, input, did),
  })
}

function stepsOf(world: HostWorld, {name, expect}: HostApplyInput, did: (applied: Applied) => void): readonly Step[] {
  // What the first step found is what the second is asked first: a host is asked once for both.
  let seen: HostChanged | undefined
  const asWanted = async () => {
    const {changes} = seen ?? (await planHost(world, name))
    seen = undefined
    return changes.length === 0
  }
  const asPlanned = async () => {
    seen = await planHost(world, name)
    return expect === undefined || expect === seen.planHash || seen.changes.length === 0
  }
  const refuse = async () => {
    if (!(await asPlanned())) throw planChanged(name, `${expect}`, `${seen?.planHash}`)
  }
  const apply = async (at: At) => {
    const {host, wanted} = await wantedOf(world, name)
    const fence = at.fence(hostLock(name))
    const how = expect === undefined ? {fence} : {fence, expect}
    did(await inside(world.ways.enter(host), machine => machine.apply(wanted, how)))
  }
  const stays = undo.never('what was applied is what the host should be', 'docs/runbooks/host-apply.md')
  return [
    step('host-is-as-planned', {holds: asPlanned, make: refuse}),
    step('host-is-as-wanted', {holds: asWanted, make: apply}, {...stays, within: 'PT5M'}),
  ]
}

/** What would change on a host; one exchange. Throws `Refusal('not-found')`, `Failure('host-unreachable')`. */
export async function planHost(world: HostWorld, name: string): Promise<HostChanged> {
  const {host, wanted} = await wantedOf(world, name)
  return inside(world.ways.enter(host), async machine => {
    const {changes, planHash} = await machine.plan(wanted)
    return {host: name, changes, planHash, roundTrips: machine.roundTrips}
  })
}

async function wantedOf({book, ways}: HostWorld, name: string) {
  const [fleet, host, more, tls] = await Promise.all([book.fleet(), book.named(name), book.configured(), book.tls?.()])
  const input = {host, fleet, more, publicKey: ways.publicKey, ...(tls === undefined ? {} : {tls})}
  return {host, wanted: hostWanted(input)}
}

/** The refusal to apply what is no longer what was planned. */
function planChanged(host: string, expected: string, found: string): Refusal {
  return new Refusal('plan-changed', `${host} is no longer as it was when the plan was made; nothing was changed.`, {
    facts: {host, expected, found},
    remedies: [`selfhelp host plan ${host}`],
  })
}
