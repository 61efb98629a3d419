import type {Contract} from '../contract/model.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {changeRestore, type RestoreRow} from '../ledger/restore.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {type Forecast, planFor} from './forecast.ts'
import {restoreIn} from './known.ts'
import type {RestorePlan} from './model.ts'
import {copySteps} from './step-names.ts'

/** Says exactly what a restore would do and cost; touches nothing. Throws `restore-out-of-reach`, `restore-state`, `restore-no-room`. */
export async function planRestore(platform: Platform, id: string): Promise<{row: RestoreRow; plan: RestorePlan}> {
  const {row, environment, into} = await restoreIn(platform.ledger, id, ['requested', 'planned', 'agreed'])
  const plan = await planOf(platform, {environment, into, target: row.target})
  const from = ['requested', 'planned', 'agreed'] as const
  await changeRestore(platform.ledger, {id, from: ['requested']}, {state: 'planned'})
  await changeRestore(platform.ledger, {id, from}, {plan})
  return {row: (await restoreIn(platform.ledger, id)).row, plan}
}

/** The plan of a restore, or of a copy. */
export async function planOf(platform: Platform, forecast: Forecast): Promise<RestorePlan> {
  const {environment, into} = forecast
  if (into === undefined) return planFor(platform, forecast)
  await refuseUnfit(platform, environment, into)
  const plan = await planFor(platform, forecast)
  const contract = (await tenantNamed(platform.ledger, into.tenant))?.contract as Contract | undefined
  return {...plan, copy: {into: fullName(into), masking: contract?.masking ?? []}, steps: copySteps}
}

/** Throws `restore-state` where a copy would not stand: all at once. */
async function refuseUnfit(platform: Platform, environment: Environment, into: Environment): Promise<void> {
  const [theirs, ours] = await Promise.all([
    platform.release(environment.version, hostOf(environment, 'database')),
    platform.release(into.version, hostOf(into, 'database')),
  ])
  const repository = environment.placed.find(({role}) => role === 'repository')?.host
  const why = [
    ...(into.phase === 'installation' ? ['it is still being installed'] : []),
    ...(ours.schemaLevel < theirs.schemaLevel
      ? [`its release ${into.version} is older than the ${environment.version} of ${fullName(environment)}`]
      : []),
    ...(repository === hostOf(into, 'database') ? [`it stands on ${repository}, which keeps the backups`] : []),
  ]
  if (why.length === 0) return
  throw new Refusal('restore-state', `${fullName(into)} cannot get a copy: ${why.join('; ')}.`, {
    facts: {environment: fullName(into), why},
    remedies: [`selfhelp environment show ${fullName(into)}`],
  })
}
