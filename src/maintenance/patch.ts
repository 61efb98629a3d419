import {asEnvironment, type Environment} from '../environment/model.ts'
import {environmentLock, meanwhile, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {hostLock} from '../host/model.ts'
import {environmentsOf} from '../ledger/environment.ts'
import {operations, replanOperation, settleOperation} from '../ledger/operation.ts'
import {stepsOfRun} from '../ledger/run.ts'
import type {At, Runbook, Step, Undo} from '../runbook/model.ts'
import {during, type Fact, type Opening, runbook, step, undo} from '../runbook/step.ts'
import {
  kept,
  listed,
  listedAfter,
  meant,
  type PatchInput,
  type Patching,
  patchesInstalled,
  restarted,
  works,
} from './patching.ts'
import {announce} from './plan.ts'

const document = 'docs/runbooks/host-patch.md#after-reopening'
const closedAtMost = 'PT2H'
const page = 'people-see-a-page'

/** A host gets the patches of its sources in a planned slot, and the packages of before when they do not work (R041, R160). */
export function hostPatch(platform: Platform): Runbook<PatchInput> {
  return runbook<PatchInput>({
    id: 'host-patch',
    change: ({securityOnly}) => (securityOnly ? 'security-fix' : 'os-patch'),
    title: ({host, plan}) => `patch ${host} as planned by ${plan}`,
    subject: ({host}) => host,
    tenant: () => undefined,
    environments: ({environments}) => environments.map(({name}) => name),
    locks: ({host, environments}) => [hostLock(host), ...environments.map(({id}) => environmentLock(id))],
    steps: input => steps({platform, input}),
  })
}

function steps(work: Patching): readonly Step[] {
  const {platform, input} = work
  const going = begun(work)
  const installed = patchesInstalled(work)
  const known = async (): Promise<readonly Environment[]> => {
    const ids = input.environments.map(({id}) => id)
    return (await environmentsOf(platform.ledger)).map(asEnvironment).filter(({id}) => ids.includes(id))
  }
  const {open, close} = meanwhile(platform, known, {mode: 'closed', atMost: closedAtMost})
  const inside = [
    step('patches-are-installed', installed, {undo: installed.undo, within: 'PT1M'}),
    step('host-was-restarted-where-needed', restarted(work), {within: 'PT10M'}),
    step('everything-works', works(work, known)),
  ]
  return [
    step('operation-is-running', going, {undo: going.undo}),
    step('packages-of-before-are-listed', listed(work), {within: 'PT10M'}),
    step('packages-of-before-are-kept', kept(work), {within: 'PT10M'}),
    ...during(page, whenNeeded(work, open), {...close, ...undo.never('people are in again', document)}, inside),
    step('packages-are-listed', listedAfter(work)),
    step('operation-is-done', done(work)),
  ]
}

/** Nobody is kept out of anything when there is nothing to install (R161). */
function whenNeeded(work: Patching, open: Opening): Opening {
  const idle = async (at: At) => (await meant(work, at)).length === 0
  return {
    atMost: open.atMost,
    holds: async at => (await idle(at)) || (await open.holds(at)),
    make: async at => ((await idle(at)) ? at.tell('nothing is newer; nobody is kept out') : open.make(at)),
  }
}

function begun({platform, input}: Patching): Fact & {undo: Undo} {
  const {ledger, clock} = platform
  const rows = () => operations(ledger, {ids: input.operations})
  return {
    holds: async at => (await rows()).every(({state, run}) => state === 'running' && run === at.run),
    make: async at => {
      for (const {id, state} of await rows()) {
        if (state !== 'planned' && state !== 'running') throw over(id, state)
        await settleOperation(ledger, {id, state: 'running', at: clock.now(), run: at.run})
      }
    },
    undo: {
      kind: 'by',
      undo: async () => {
        for (const id of input.operations) await replanOperation(ledger, id)
      },
    },
  }
}

function done({platform, input}: Patching): Fact {
  const {ledger, clock} = platform
  return {
    holds: async () => (await operations(ledger, {ids: input.operations})).every(({state}) => state === 'done'),
    make: async at => {
      const closedSeconds = Math.ceil(await secondsClosed(ledger, at.run))
      await ledger.transaction(async tx => {
        for (const operation of await operations(tx, {ids: input.operations})) {
          if (operation.state === 'done') continue
          const now = clock.now()
          await settleOperation(tx, {id: operation.id, state: 'done', at: now, closedSeconds})
          const untilAt = operation.fromAt.add({seconds: closedSeconds})
          await announce(tx, now, {...operation, untilAt, kind: 'maintenance-done'})
        }
      })
    },
  }
}

/** From when the page was put up to when people were let in again. */
async function secondsClosed(ledger: Platform['ledger'], run: string): Promise<number> {
  const all = await stepsOfRun(ledger, run)
  const from = all.find(({name}) => name === page)?.startedAt.epochMilliseconds
  const to = all.find(({name}) => name === `${page}-no-more`)?.endedAt?.epochMilliseconds
  return from === undefined || to === undefined ? 0 : (to - from) / 1000
}

function over(id: string, state: string): Refusal {
  return new Refusal('operation-over', `Operation ${id} is ${state}; nothing was changed.`, {
    facts: {operation: id, state},
    remedies: [`selfhelp maintenance show ${id}`],
  })
}
