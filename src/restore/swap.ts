import {backupPlace, runJob, serverWords} from '../backup/steps.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {program} from '../render/render.ts'
import type {At} from '../runbook/model.ts'

/** The folders of one restore beside the cluster's own: what is to come, and what was. */
export function foldersOf(environment: Environment, restore: string): {readonly next: string; readonly before: string} {
  const name = `${environment.id}-${restore.replace(/[^a-z0-9]/g, '')}`
  return {next: backupPlace.scratch(`${name}-next`), before: backupPlace.scratch(`${name}-before`)}
}

interface Swapping {
  readonly environment: Environment
  readonly restore: string
  readonly way: 'in' | 'out'
}

/** Puts the laid-out folder in the cluster's place, or what was there back, and waits until it is open; gives its timeline. */
export async function swap(platform: Platform, {environment, restore, way}: Swapping, at: At): Promise<number> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const {next, before} = foldersOf(environment, restore)
  const words = [way, environment.id, `${environment.ports.database}`, before, next, `${secondsToOpen}`]
  const end = await runJob(machine, {
    name: `${at.run} swap ${way}`,
    user: 'root',
    anew: true,
    argv: ['sh', '-c', program('cluster-swap.sh'), 'swap', ...words],
    fence: at.fence(environmentLock(environment.id)),
    signal: at.signal,
  })
  if (end.exit === 0) return Number(end.out.trim().split('\n').at(-1))
  const message = `${fullName(environment)} did not open on ${machine.host} after its data was exchanged: ${lastLine(end.err)}.`
  throw new Failure('backup-engine-failed', message, {
    facts: {host: machine.host, way, said: end.err.slice(-2000)},
    remedies: [`On ${machine.host}: journalctl -u postgresql@15-${environment.id}`],
  })
}

const secondsToOpen = 1800

/** A restore that lies beside the real data. */
export interface Beside {
  readonly platform: Platform
  readonly environment: Environment
  readonly restore: string
}

/** What lies in these folders now. */
export async function foldersThere(
  platform: Platform,
  environment: Environment,
  restore: string,
): Promise<{next: boolean; before: boolean; reached: boolean}> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const {next, before} = foldersOf(environment, restore)
  const test = (path: string) => ({ask: 'run', args: ['test', '-e', path]})
  const answers = await machine.ask([test(next), test(before), test(`${next}/.selfhelp-reached`)])
  return {next: answers[0]?.exit === 0, before: answers[1]?.exit === 0, reached: answers[2]?.exit === 0}
}

/** Replays what was laid out up to its goal, and stops before it opens: that the goal is reached is known before anybody is kept out. */
export async function reach({platform, environment, restore}: Beside, at: At): Promise<void> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const {next} = foldersOf(environment, restore)
  const name = `${environment.id}-${restore.replace(/[^a-z0-9]/g, '')}`
  const end = await runJob(machine, {
    name: `${at.run} reach`,
    user: 'root',
    anew: true,
    argv: ['sh', '-c', program('scratch-reach.sh'), 'reach', name, next, `${6 * 3600}`],
    fence: at.fence(environmentLock(environment.id)),
    signal: at.signal,
  })
  if (end.exit === 0) return at.tell(end.out.trim().split('\n').at(-1) ?? '')
  const message = `${fullName(environment)} cannot be replayed to its target on ${machine.host}: ${serverWords(end.err)}.`
  throw new Failure('backup-engine-failed', message, {
    facts: {host: machine.host, said: end.err.slice(-2000)},
    remedies: [`selfhelp backup status ${fullName(environment)}`],
  })
}

/** A folder of this restore gone; an empty one in its place when asked so. */
export async function clear(
  {platform, environment}: Pick<Beside, 'platform' | 'environment'>,
  {folder, anew = false}: {folder: string; anew?: boolean},
  at: At,
): Promise<void> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const actions = [
    {
      act: 'run',
      args: [
        'sh',
        '-c',
        program('scratch-drop.sh'),
        'drop',
        folder.replace(/.*selfhelp-/, '').replace(/-(?:next|before)$/, ''),
        folder,
      ],
    },
    ...(anew ? [{act: 'directory', args: [folder, 'postgres', 'postgres', '0700']}] : []),
  ]
  await machine.act(`${at.run}-clear-${crypto.randomUUID()}`, actions, at.fence(environmentLock(environment.id)))
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'it said nothing'
