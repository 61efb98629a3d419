import type {Applied} from '../machine/model.ts'
import type {Request} from '../operator/model.ts'
import type {Runbook} from '../runbook/model.ts'
import {type HostApplyInput, type HostWorld, hostApply} from './apply.ts'
import type {ApplyHost} from './apply-all.ts'

interface Asked {
  readonly request: Request
  readonly wait: boolean
}

/** Where runs of one command are executed. */
interface Runs {
  execute(
    asked: Asked & {
      readonly runbook: Runbook<HostApplyInput>
      readonly input: HostApplyInput
      readonly signal: AbortSignal
    },
  ): Promise<{readonly run: string}>
}

/** Executes `host-apply` as runs of one command. */
export function applierOf(world: HostWorld, runs: Runs, asked: Asked): ApplyHost {
  return async (input, signal) => {
    let applied: Applied | undefined
    const runbook = hostApply(world, done => {
      applied = done
    })
    const {run} = await runs.execute({runbook, input, ...asked, signal})
    return {run, applied}
  }
}
