import {asEnvironment, type Environment} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug, CodedError, Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import {changeMigration, migrationById} from '../ledger/migration.ts'
import type {Kept, Safe} from '../restore/steps.ts'
import type {At} from '../runbook/model.ts'
import type {MigrationState} from './model.ts'

/** One environment on its way from a version to another. */
export interface MoveInput {
  readonly migration: string
  readonly tenant: string
  readonly name: 'qualification' | 'production'
  /** Of the environment. */
  readonly id: string
  /** Of its database. */
  readonly host: string
  readonly from: string
  readonly to: string
}

/** What the steps of one run share. */
export interface Work extends Safe {
  readonly input: MoveInput
}

const running: readonly MigrationState[] = ['qualification-running', 'production-running', 'rolling-back']

/** What a run needs; what it finds out is kept beside its migration. */
export function workOf(platform: Platform, input: MoveInput): Work {
  const {ledger} = platform
  const id = input.migration
  const kept: Kept = {
    detail: async () => (await migrationById(ledger, id))?.detail ?? {},
    keep: async detail => void (await changeMigration(ledger, {id, from: running}, {detail})),
  }
  return {platform, input, kept, which: () => environmentIn(platform, input)}
}

/** The environment as the ledger knows it now. */
export async function environmentIn(
  {ledger}: Pick<Platform, 'ledger'>,
  {tenant, id}: {tenant: string; id: string},
): Promise<Environment> {
  const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
  if (found) return found
  throw new Bug(`environment ${id} of ${tenant} went away while it was migrated`)
}

/**
 * Nobody is kept out while an outside failure is looked into: tried three times, everything goes back to the state
 * before. What a migration itself says is not tried again.
 */
export function orBack({input}: Pick<Work, 'input'>, make: (at: At) => Promise<void>): (at: At) => Promise<void> {
  const final: readonly string[] = ['ledger-unreachable', 'interrupted']
  return async at => {
    for (let tries = 1; ; tries++) {
      try {
        return await make(at)
      } catch (error) {
        if (!(error instanceof CodedError) || error instanceof Refusal || final.includes(error.code)) throw error
        // A fault of ours is no reason to keep people out.
        if (tries === 3 || error instanceof Bug || error.code === 'action-failed') throw failed(input, error)
        at.tell(`${error.message} Tried again.`)
      }
    }
  }
}

/** It cannot be finished; what was there before comes back. */
export function failed({tenant, name, to, migration}: MoveInput, cause: CodedError | string): Refusal {
  const [why, facts] = typeof cause === 'string' ? [cause, {}] : [cause.message, cause.facts ?? {}]
  return new Refusal(
    'migration-failed',
    `${tenant}/${name} could not be brought to ${to}: ${why} The state before comes back.`,
    {
      facts: {environment: `${tenant}/${name}`, ...facts},
      remedies: [`selfhelp migration show ${migration}`],
      ...(typeof cause === 'string' ? {} : {cause}),
    },
  )
}
