import {createHash} from 'node:crypto'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {environmentLock, type Listening, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import type {Machine} from '../machine/model.ts'
import {program} from '../render/render.ts'
import type {At} from '../runbook/model.ts'
import {runJob} from './job.ts'
import {at as place} from './place.ts'

/** A restored cluster that nobody reaches, beside the real one. */
export interface Scratch {
  readonly machine: Machine
  readonly name: string
  readonly folder: string
  readonly listening: Listening
}

/** The scratch of a purpose; the same name every time. */
export async function scratchOf(platform: Platform, environment: Environment, purpose: string): Promise<Scratch> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const name = `${environment.id}-${createHash('sha256').update(purpose).digest('hex').slice(0, 8)}`
  const listening = {port: environment.ports.database, socket: `/run/selfhelp-scratch-${name}`}
  return {machine, name, folder: place.scratch(name), listening}
}

/** An empty folder for it, whatever was there. */
export async function emptyScratch({machine, name, folder}: Scratch, environment: Environment, at: At): Promise<void> {
  const id = `${at.run}-scratch-${name}-${crypto.randomUUID()}`
  const actions = [
    {act: 'run', args: ['sh', '-c', program('scratch-drop.sh'), 'drop', name, folder]},
    {act: 'directory', args: [folder, 'postgres', 'postgres', '0700']},
  ]
  await machine.act(id, actions, at.fence(environmentLock(environment.id)))
}

/** Gone, with all that is in it. */
export async function dropScratch({machine, name, folder}: Scratch, environment: Environment, at: At): Promise<void> {
  const action = {act: 'run', args: ['sh', '-c', program('scratch-drop.sh'), 'drop', name, folder]}
  await machine.act(`${at.run}-drop-${crypto.randomUUID()}`, [action], at.fence(environmentLock(environment.id)))
}

/** Replays up to the goal and opens. Throws `Failure('backup-engine-failed')` with the server's own last words. */
export async function startScratch(scratch: Scratch, environment: Environment, at: At): Promise<string> {
  const {machine, name, folder, listening} = scratch
  const words = [name, folder, `${listening.port}`, `${secondsToReplay}`]
  const end = await runJob(machine, {
    name: `${at.run} start ${name}`,
    user: 'root',
    anew: true,
    argv: ['sh', '-c', program('scratch-start.sh'), 'start', ...words],
    fence: at.fence(environmentLock(environment.id)),
    signal: at.signal,
  })
  if (end.exit === 0) return end.out
  const message = `A restore of ${fullName(environment)} could not be opened on ${machine.host}: ${serverWords(end.err)}.`
  throw new Failure('backup-engine-failed', message, {
    facts: {host: machine.host, said: end.err.slice(-2000)},
    remedies: [`selfhelp backup status ${fullName(environment)}`],
  })
}

const secondsToReplay = 6 * 3600

/** Starting a server says that all is well before it has replayed; what it says after that is what counts. */
export function serverWords(said: string): string {
  if (said.includes('recovery ended before configured recovery target was reached'))
    return 'the WAL in the repository ends before the goal, or has a gap before it'
  if (/requested timeline \d+ is not a child/.test(said)) return 'the backup belongs to another line of history'
  return said.trim().split('\n').at(-1) ?? 'it said nothing'
}
