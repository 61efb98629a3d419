import {Failure, Refusal} from '../error.ts'
import type {Role} from '../flow/model.ts'
import type {Wanted} from '../machine/model.ts'
import type {Runbook, Step} from '../runbook/model.ts'
import {runbook, step, undo} from '../runbook/step.ts'
import {type Host, hostLock} from './model.ts'
import type {Inspection, Problem} from './preflight.ts'
import {account} from './wanted.ts'
import {type Bootstrap, type Inspecting, inside, inspectHost, toNewcomers} from './ways.ts'

/** What was asked; the key that opens the machine the first time is not part of it. */
export interface HostAddInput {
  readonly name: string
  readonly address: string
  readonly site: string
  readonly roles: readonly Role[]
  /** Empty: what the host sees of us is measured. */
  readonly networks: readonly string[]
  readonly hostKey: string
  readonly bootstrapUser: string
}

/** Where hosts are recorded. */
export interface HostRecords {
  find(name: string): Promise<Host | undefined>
  put(host: Omit<Host, 'addedAt' | 'retiredAt'>): Promise<void>
  remove(name: string): Promise<void>
}

export interface HostAddWorld extends Inspecting {
  readonly records: HostRecords
  /** Missing when a run is taken up by a process that was never given the key. */
  readonly bootstrap?: Bootstrap
}

/** Adopts a Debian machine: looked at, given the control plane's own account, recorded. */
export function hostAdd(given: HostAddWorld): Runbook<HostAddInput> {
  const world = {...given, ways: toNewcomers(given.ways)}
  return runbook<HostAddInput>({
    id: 'host-add',
    change: 'provision',
    title: ({name}) => `add host ${name}`,
    subject: ({name}) => name,
    tenant: () => undefined,
    environments: () => [],
    locks: ({name}) => [hostLock(name)],
    steps: input => stepsOf(world, input),
  })
}

function stepsOf(world: HostAddWorld, input: HostAddInput): readonly Step[] {
  return [
    machineIsFit(world, input),
    accountIsReady(world, input),
    controlPlaneEnters(world, input),
    hostIsRecorded(world, input),
  ]
}

function machineIsFit(world: HostAddWorld, input: HostAddInput): Step {
  return step('machine-is-fit', {
    holds: async () => (await look(world, input, world.bootstrap)).problems.length === 0,
    make: async () => {
      throw unfit(input.name, (await look(world, input, world.bootstrap)).problems)
    },
  })
}

function accountIsReady(world: HostAddWorld, input: HostAddInput): Step {
  const {ways, bootstrap} = world
  const wanted = account(ways.publicKey)
  const change = async (things: readonly Wanted[], fence: Parameters<Step['make']>[0]) => {
    if (!bootstrap) throw withoutKey(input)
    await inside(ways.enter(input, bootstrap), machine =>
      machine.apply(things, {fence: fence.fence(hostLock(input.name))}),
    )
  }
  return step(
    'account-is-ready',
    {
      holds: async () => (await inside(ways.enter(input, bootstrap), each => each.plan(wanted))).changes.length === 0,
      make: at => change(wanted, at),
    },
    undo.by({
      holds: async () =>
        (await inside(ways.enter(input, bootstrap), each => each.plan(gone(wanted)))).changes.length === 0,
      make: at => change(gone(wanted), at),
    }),
  )
}

function controlPlaneEnters(world: HostAddWorld, input: HostAddInput): Step {
  const enters = async () => {
    await inside(world.ways.enter(input), machine => machine.ask([{ask: 'run', args: ['true']}]))
    return true
  }
  return step('control-plane-enters', {holds: enters, make: async () => void (await enters())}, {within: 'PT20S'})
}

function hostIsRecorded(world: HostAddWorld, input: HostAddInput): Step {
  const {records} = world
  const {name, site, address, hostKey, roles} = input
  return step(
    'host-is-recorded',
    {
      holds: async () => {
        const known = await records.find(name)
        return known !== undefined && isSame(known, input)
      },
      make: async () => {
        const {facts} = await look(world, input)
        await records.put({name, site, address, hostKey, roles, facts})
      },
    },
    undo.by({
      holds: async () => (await records.find(name)) === undefined,
      make: () => records.remove(name),
    }),
  )
}

/** True when the recorded host is what is asked for, so that asking again changes nothing. */
export function isSame(host: Host, input: HostAddInput): boolean {
  return (
    host.retiredAt === undefined &&
    host.site === input.site &&
    host.address === input.address &&
    host.hostKey === input.hostKey &&
    host.roles.join() === input.roles.join() &&
    (input.networks.length === 0 || host.facts.controlPlane.join() === [...input.networks].sort().join())
  )
}

function look(world: HostAddWorld, input: HostAddInput, bootstrap?: Bootstrap): Promise<Inspection> {
  return inspectHost(world, {door: input, roles: input.roles, networks: input.networks}, bootstrap)
}

const gone = (wanted: readonly Wanted[]): readonly Wanted[] => wanted.map(want => ({...want, absent: true}))

/** What the preflight found, as the reason why nothing was changed. */
export function unfit(name: string, problems: readonly Problem[]): Refusal {
  return new Refusal('host-unfit', `${name} cannot be adopted as it is; nothing was changed on it.`, {
    facts: {problems: problems.map(each => each.what)},
    remedies: problems.map(each => each.remedy),
  })
}

function withoutKey({name, bootstrapUser}: HostAddInput): Failure {
  return new Failure(
    'bootstrap-key-missing',
    `The key that opens ${bootstrapUser} on ${name} is kept nowhere, so this run cannot go on without it.`,
    {remedies: [`Type the same "selfhelp host add ${name} …" again, with --identity.`]},
  )
}
