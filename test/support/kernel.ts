import {systemClock} from '../../src/clock.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import type {Fence} from '../../src/machine/model.ts'
import type {How} from '../../src/runbook/execute.ts'
import {thisExecutor} from '../../src/runbook/executor.ts'
import type {Following} from '../../src/runbook/follow.ts'
import type {Kernel, RunEntry} from '../../src/runbook/kernel.ts'
import type {Runbook, RunEvent, Step} from '../../src/runbook/model.ts'
import {registryOf} from '../../src/runbook/registry.ts'
import type {RunAsked, SignedRequest} from '../../src/runbook/request.ts'

export interface TestKernel extends Kernel {
  readonly entries: RunEntry[]
  readonly announced: {host: string; fence: Fence}[]
}

/** A kernel on a real ledger whose journal is a list; `as` makes it another process. */
export function testKernel(ledger: Ledger, runbooks: readonly Runbook[], as = ''): TestKernel {
  const entries: RunEntry[] = []
  const announced: {host: string; fence: Fence}[] = []
  const executor = thisExecutor('command')
  return {
    ledger,
    clock: systemClock,
    random: () => 0.5,
    executor: {...executor, id: `${as}${executor.id}`},
    runbooks: registryOf(runbooks),
    mayStart: async () => {},
    verify: async () => {},
    journal: async (_, entry) => void entries.push(entry),
    announce: async (host, fence) => void announced.push({host, fence}),
    entries,
    announced,
  }
}

/** Follows without DBOS and without an interrupt. */
export function plainly(events: RunEvent[] = []): How {
  const once: Following['once'] = (_, part) => part()
  return {
    interruption: {soon: new AbortController().signal, now: new AbortController().signal},
    tell: event => void events.push(event),
    durably: (_, body) => body(once),
  }
}

const ann = {operator: 'ann@cmc.test', reason: 'a try'}
export const byAnn: SignedRequest = {...ann, request: ann, signature: 'sig'}

/** The same for a run. */
export const asAnn = async (run: RunAsked): Promise<SignedRequest> => ({...byAnn, request: {...ann, run}})

/** A runbook of these steps about a subject; its input is `{name, more?}`. */
export function bookOf(id: string, steps: readonly Step[], locks: readonly string[] = []): Runbook {
  return {
    id,
    change: 'provision',
    title: input => `${id} ${(input as {name: string}).name}`,
    subject: input => (input as {name: string}).name,
    tenant: () => undefined,
    environments: () => [],
    locks: () => locks,
    steps: () => steps,
  }
}
