import {Failure} from '../error.ts'
import type {Machine} from '../machine/model.ts'
import {program} from '../render/render.ts'
import type {Seat} from './model.ts'
import type {Resident} from './neighbour.ts'
import type {Door, Point} from './verify.ts'

/** Milliseconds one connection may take: on one site an answer takes one. */
const patience = 1500

/** Runs a program somewhere and gives what it printed. */
export type RunThere = (
  argv: readonly string[],
) => Promise<{readonly exit: number; readonly out: string; readonly err: string}>

/** Connections that begin where programs are run by this. */
export function pointBy(name: string, run: RunThere, seat?: Seat): Point {
  return {
    name,
    ...(seat ? {seat} : {}),
    dial: async targets => {
      const {exit, out, err} = await run(['perl', '-e', program('dial.pl'), `${patience}`, ...targets])
      if (exit !== 0)
        throw new Failure('probe-failed', `${name} could not try connections: ${err.trim() || `exit ${exit}`}.`)
      return new Map(out.split('\n').flatMap(line => (line.includes(' ') ? [line.split(' ') as [string, string]] : [])))
    },
  }
}

/** Who tries on a host of ours, and the ports of its package sources, where root may send to anywhere. */
export interface There {
  readonly seat: Seat
  readonly machine: Machine
  readonly packagePorts: readonly number[]
  /** The environments that have ports there. */
  readonly residents: readonly Resident[]
}

/** The same of these hosts, connected. */
export async function thereOf(
  hosts: readonly Pick<There, 'seat' | 'packagePorts'>[],
  machine: (host: string) => Promise<Machine>,
  residents: readonly Resident[],
): Promise<readonly There[]> {
  return Promise.all(
    hosts.map(async host => ({
      ...{...host, machine: await machine(host.seat.name)},
      residents: residents.filter(each => each.host === host.seat.name && each.ports.length > 0),
    })),
  )
}

/** Connections that begin on a host of ours: as root, as the balancer where it is one, and as each customer's own account. */
export function pointsOn({seat, machine, packagePorts, residents}: There): readonly Point[] {
  const by = (name: string, account?: string): Point => {
    const run: RunThere = async argv => {
      const question = account ? {ask: 'run_as', args: [account, ...argv]} : {ask: 'run', args: argv}
      const [answer] = await machine.ask([question])
      return answer ?? {exit: 127, out: '', err: 'no answer'}
    }
    return {...pointBy(name, run, seat), ...(account ? {account} : {anywhere: packagePorts})}
  }
  return [
    by(seat.name),
    ...(seat.roles.includes('edge') ? [by(`${seat.name} as haproxy`, 'haproxy')] : []),
    ...residents.map(({environment, account}) => by(`${environment} on ${seat.name}`, account)),
  ]
}

/** A host with the ports on which it listens beyond itself. */
export async function doorOf({machine, seat, residents}: There): Promise<Door> {
  const [answer] = await machine.ask([{ask: 'run', args: ['ss', '-Hltn']}])
  const found = (answer?.out ?? '').split('\n').flatMap(line => {
    const [, on = '', port] = /^\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s/.exec(line) ?? []
    return port === undefined || /^127\.|^\[::1\]|%lo/.test(on) ? [] : [Number(port)]
  })
  const allotted = residents.flatMap(({ports}) => ports.map(({port}) => port))
  return {seat, listening: new Set(found), allotted}
}

/** Packets the firewalls of these hosts have dropped. */
export async function droppedBy(machines: readonly Machine[]): Promise<number> {
  const counts = machines.map(async machine => {
    const [answer] = await machine.ask([{ask: 'run', args: ['nft', 'list', 'table', 'inet', 'selfhelp']}])
    return [...(answer?.out ?? '').matchAll(/counter packets (\d+) .*drop/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    )
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
