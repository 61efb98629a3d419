import type {Request} from '../cli/base.ts'
import type {Runs} from '../cli/runs.ts'
import type {Applied} from '../machine/model.ts'
import {type HostWorld, hostApply} from './apply.ts'
import type {ApplyHost} from './apply-all.ts'

/** Executes `host-apply` as runs of one command. */
export function applierOf(
  world: HostWorld,
  runs: Runs,
  asked: {readonly request: Request; readonly wait: boolean},
): ApplyHost {
  return async (input, signal) => {
    let applied: Applied | undefined
    const runbook = hostApply(world, done => {
      applied = done
    })
    const {run} = await runs.execute({runbook, input, ...asked, signal})
    return {run, applied}
  }
}
