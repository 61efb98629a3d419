import {kernelOf, signed} from '../../src/cli/kernel.ts'
import {makeWorld} from '../../src/cli/make-world.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {type RunAsked, requestRun} from '../../src/runbook/request.ts'
import {systemStreams} from '../../src/terminal/streams.ts'
import type {World} from '../../src/world.ts'
import type {Centre} from './centre.ts'

/** What a chapter of the story may use. */
export interface Told {
  readonly cmc: Centre
  /** A file with the contract of acme under this name that subscribes these environments. */
  contract(legalName: string, ...environments: readonly string[]): string
}

/** How a run is asked for: the words of a command that has `--detach`, or the id of the run that waits for a worker. */
export type Typed = (told: Told) => readonly string[] | Promise<{readonly run: string}>

/** A runbook that no command asks for: asked for with this input, as the scheduler does. */
export function inputOf(id: string, input: object): Typed {
  return async ({cmc}) => ({run: await queued(cmc, world => runbooksOf(world)(id), input)})
}

/** Asks for a run with the centre's own key, and leaves it to whoever follows it; its id. */
export async function queued(
  {home}: Centre,
  bookOn: (world: World) => Promise<Runbook>,
  input: unknown,
): Promise<string> {
  const never = new AbortController().signal
  const interruption = {soon: never, now: never}
  const env = {PATH: process.env.PATH, SELFHELP_HOME: home}
  const world = makeWorld({env, streams: systemStreams(), interruption, quiet: true})
  try {
    const [kernel, runbook] = await Promise.all([kernelOf(world, 'command'), bookOn(world)])
    const by = (run: RunAsked) => signed(world, {command: runbook.id, input: {}, run})
    return (await requestRun(kernel, {runbook, input, detach: true, by})).id
  } finally {
    await world.close()
  }
}

/** Asks for it and leaves it to whoever follows it; the run's id. */
export async function askedFor(typed: Typed, told: Told): Promise<string> {
  const asked = await typed(told)
  if ('run' in asked) return asked.run
  const {exit, answer} = await told.cmc.json(...asked, '--detach')
  if (exit !== 0) throw new Error(`${asked.join(' ')} ended with ${exit}: ${JSON.stringify(answer)}`)
  return answer.run
}
