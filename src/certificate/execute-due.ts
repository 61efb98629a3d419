import {CodedError} from '../error.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {buildCertificateDeliver, buildCertificateIssue, buildCertificateStaple} from './register.ts'
import type {DueRun} from './renew.ts'

/** What came of one run that was due. */
export interface DueDone {
  readonly due: DueRun
  readonly run?: string
  readonly error?: CodedError
}

type Execute = (asked: {runbook: Runbook<unknown>; input: unknown}) => Promise<{readonly run: string}>

/** Executes them, four at a time; the trouble of one is told and keeps no other from its turn. */
export async function executeDue(world: World, due: readonly DueRun[], execute: Execute): Promise<readonly DueDone[]> {
  const runbooks = {
    'certificate-issue': await buildCertificateIssue(world),
    'certificate-deliver': await buildCertificateDeliver(world),
    'certificate-staple': await buildCertificateStaple(world),
  }
  const waiting = [...due]
  const done: DueDone[] = []
  const lane = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      done.push(
        await outcome(one, () => execute({runbook: runbooks[(one as DueRun).runbook], input: (one as DueRun).input})),
      )
    }
  }
  await Promise.all([lane(), lane(), lane(), lane()])
  return due.flatMap(one => done.find(each => each.due === one) ?? [])
}

async function outcome(due: DueRun, work: () => Promise<{readonly run: string}>): Promise<DueDone> {
  try {
    return {due, run: (await work()).run}
  } catch (error) {
    if (!(error instanceof CodedError) || error.kind === 'bug') throw error
    return {due, error}
  }
}
