import {kernelOf, signed} from '../../src/cli/kernel.ts'
import {systemStreams} from '../../src/cli/streams.ts'
import {makeWorld} from '../../src/cli/world.ts'
import {requestRun} from '../../src/runbook/request.ts'
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
  return async ({cmc}) => {
    const never = new AbortController().signal
    const interruption = {soon: never, now: never}
    const env = {PATH: process.env.PATH, SELFHELP_HOME: cmc.home}
    const world = makeWorld({env, streams: systemStreams(), interruption, quiet: true})
    try {
      const kernel = await kernelOf(world, 'command')
      const runbook = await kernel.runbooks(id)
      const by = (run: Parameters<Parameters<typeof requestRun>[1]['by']>[0]) =>
        signed(world, {command: id, input: {}, run})
      const row = await requestRun(kernel, {runbook, input, detach: true, by})
      return {run: row.id}
    } finally {
      await world.close()
    }
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
