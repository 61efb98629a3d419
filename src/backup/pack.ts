import {randomUUID} from 'node:crypto'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {dumping, environmentLock, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {program} from '../render/render.ts'
import type {At} from '../runbook/model.ts'
import {Secret} from '../secret/secret.ts'
import {endJob, runJob} from './job.ts'

/** Everything of a database in one encrypted file on its host. */
export interface Packing {
  readonly environment: Environment
  /** Where it lies. */
  readonly file: string
  readonly key: Secret
  /** Of PBKDF2. */
  readonly rounds: number
  /** What an earlier attempt has packed, or packs, is not what is wanted. */
  readonly anew: boolean
}

export interface Packed {
  readonly sha256: string
  readonly bytes: number
}

/** Dumps and encrypts in one pipe, however long it takes. Throws `Failure('action-failed')` for what was not made whole. */
export async function packed(
  platform: Platform,
  {environment, file, key, rounds, anew}: Packing,
  at: At,
): Promise<Packed> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const end = await runJob(machine, {
    name: jobOf(at, file),
    user: 'root',
    argv: ['sh', '-c', program('dump-pack.sh'), 'pack', file, `${rounds}`, ...dumping(environment)],
    input: new Secret(`${key.expose()}\n`),
    anew,
    fence: at.fence(environmentLock(environment.id)),
    signal: at.signal,
  })
  const [, sha256, bytes] = /^([0-9a-f]{64})\s.*\n(\d+)\n$/.exec(end.out) ?? []
  if (end.exit === 0 && sha256 !== undefined) return {sha256, bytes: Number(bytes)}
  const name = fullName(environment)
  throw new Failure('action-failed', `${machine.host}: the dump of ${name} was not made whole: ${lastLine(end.err)}.`, {
    facts: {host: machine.host, file, exit: end.exit, said: end.err.slice(-1000)},
    remedies: [`selfhelp host show ${machine.host}`],
  })
}

/** Nothing is packed any more, and nothing of it lies there; of an attempt that was cut neither. */
export async function packGone(
  platform: Platform,
  {environment, file}: Pick<Packing, 'environment' | 'file'>,
  at: At,
): Promise<void> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const fence = at.fence(environmentLock(environment.id))
  await endJob(machine, {name: jobOf(at, file), fence})
  const args = ['rm', '-f', '--', ...['', '.part', '.whole'].map(end => `${file}${end}`)]
  await machine.act(`unpack-${randomUUID()}`, [{act: 'run', args}], fence)
}

const jobOf = ({run}: Pick<At, 'run'>, file: string): string => `${run} pack ${file}`

const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'it ended without a word'
