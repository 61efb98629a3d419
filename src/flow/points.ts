import {readFileSync} from 'node:fs'
import {Failure} from '../error.ts'
import type {Machine} from '../machine/model.ts'
import {templatePath} from '../render/render.ts'
import type {Seat} from './model.ts'
import type {Door, Point} from './verify.ts'

/** Milliseconds one connection may take: on one site an answer takes one. */
const patience = 1500

/** Runs a program somewhere and gives what it printed. */
export type RunThere = (
  argv: readonly string[],
) => Promise<{readonly exit: number; readonly out: string; readonly err: string}>

/** Connections that begin where programs are run by this. */
export function pointBy(name: string, run: RunThere, seat?: Seat): Point {
  const program = readFileSync(templatePath('program/dial.pl'), 'utf8')
  return {
    name,
    ...(seat ? {seat} : {}),
    dial: async targets => {
      const {exit, out, err} = await run(['perl', '-e', program, `${patience}`, ...targets])
      if (exit !== 0)
        throw new Failure('probe-failed', `${name} could not try connections: ${err.trim() || `exit ${exit}`}.`)
      return new Map(out.split('\n').flatMap(line => (line.includes(' ') ? [line.split(' ') as [string, string]] : [])))
    },
  }
}

/** Connections that begin on a host of ours. */
export function pointOn(machine: Machine, seat: Seat, anywhere: readonly number[]): Point {
  const run: RunThere = async argv => {
    const [answer] = await machine.ask([{ask: 'run', args: argv}])
    return answer ?? {exit: 127, out: '', err: 'no answer'}
  }
  return {...pointBy(seat.name, run, seat), anywhere}
}

/** A host with the ports on which it listens beyond itself. */
export async function doorOf(machine: Machine, seat: Seat): Promise<Door> {
  const [answer] = await machine.ask([{ask: 'run', args: ['ss', '-Hltn']}])
  const found = (answer?.out ?? '').split('\n').flatMap(line => {
    const [, on = '', port] = /^\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s/.exec(line) ?? []
    return port === undefined || /^127\.|^\[::1\]|%lo/.test(on) ? [] : [Number(port)]
  })
  return {seat, listening: new Set(found)}
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
