import {createHash, randomUUID} from 'node:crypto'
import {Failure} from '../error.ts'
import type {Fence, Machine} from '../machine/model.ts'
import {program} from '../render/render.ts'
import type {Secret} from '../secret/secret.ts'

/** A command on a host that takes longer than a connection lasts; the same name again finds it. */
export interface Job {
  /** What it is for: the same in every attempt of a run. */
  readonly name: string
  readonly user: 'postgres' | 'root'
  readonly argv: readonly string[]
  /** What it reads; nothing of it is written to a disk by us. */
  readonly input?: Secret
  /** Does not join what an earlier attempt began: that is ended first. */
  readonly anew?: boolean
  readonly fence: Fence
  readonly signal?: AbortSignal
}

export interface JobEnd {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** Starts it or finds it running, and waits for its end. Throws `Failure('host-unreachable')` when the host lost it. */
export async function runJob(
  machine: Machine,
  {name, user, argv, input, anew = false, fence, signal}: Job,
): Promise<JobEnd> {
  const id = idOf(name)
  const start = {
    act: 'run',
    args: ['sh', '-c', program('job-start.sh'), 'job', id, user, anew ? 'anew' : 'join', ...argv],
    ...(input ? {input} : {}),
  }
  const [started] = await machine.act(`job-${id}-${randomUUID()}`, [start], fence)
  if (started?.exit !== 0) throw lost(machine.host, name, started?.err ?? '')
  for (;;) {
    signal?.throwIfAborted()
    const wait = ['sh', '-c', program('job-wait.sh'), 'job', id, `${secondsPerQuestion}`]
    const [answer] = await machine.ask([{ask: 'run', args: wait}])
    const [state = '', out = '', err = ''] = answer?.out.split('\0') ?? []
    if (/^\d+$/.test(state)) return {exit: Number(state), out, err}
    if (state !== 'running') throw lost(machine.host, name, answer?.err ?? '')
  }
}

/** Ends one that may be at work, and forgets it. */
export async function endJob(machine: Machine, {name, fence}: Pick<Job, 'name' | 'fence'>): Promise<void> {
  const id = idOf(name)
  const action = {act: 'run', args: ['sh', '-c', program('job-end.sh'), 'end', id]}
  await machine.act(`end-${id}-${randomUUID()}`, [action], fence)
}

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 20)

/** A question on a host holds its connection; short enough to be interrupted, long enough to be few. */
const secondsPerQuestion = 15

function lost(host: string, name: string, said: string): Failure {
  return new Failure('host-unreachable', `${host} lost ${name}: it ended without a word, as after a restart.`, {
    facts: {host, job: name, said},
    remedies: ['selfhelp run list', 'selfhelp doctor'],
  })
}
