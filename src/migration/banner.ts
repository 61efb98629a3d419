import {Temporal} from 'temporal-polyfill'
import {asEnvironment, type Environment, fullName, stateIn} from '../environment/model.ts'
import {environmentLock, lettingIn, type Platform} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import {environmentsOf, putBanner} from '../ledger/environment.ts'
import {noteBanner} from '../ledger/migration.ts'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {bannerOf} from './words.ts'

export interface BannerInput {
  readonly migration: string
  readonly tenant: string
  /** Of production. */
  readonly id: string
  /** RFC 3339: the slot that is announced; null when nothing is planned any more. */
  readonly slot: {readonly from: string; readonly until: string} | null
}

/** Every page of production says days ahead when it may be closed, or no longer says so (R149). */
export function migrationBanner(platform: Platform): Runbook<BannerInput> {
  return runbook<BannerInput>({
    id: 'migration-banner',
    change: 'provision',
    title: ({tenant, slot}) =>
      `${slot ? 'announce a migration on' : 'take an announcement off'} the pages of ${tenant}`,
    subject: ({migration}) => migration,
    tenant: ({tenant}) => tenant,
    environments: ({tenant}) => [`${tenant}/production`],
    locks: ({id}) => [environmentLock(id)],
    steps: input => [step('pages-say-so', pagesSay(platform, input))],
  })
}

function pagesSay(platform: Platform, {migration, tenant, id, slot}: BannerInput) {
  const {ledger} = platform
  const which = async (): Promise<Environment> => {
    const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
    if (found) return found
    throw new Bug(`environment ${id} of ${tenant} went away while it was told of a migration`)
  }
  const shown = lettingIn(
    platform,
    async () => [await which()],
    async environment => stateIn(environment),
  )
  let told = false
  return {
    holds: async () => told,
    make: async (at: Parameters<typeof shown.make>[0]) => {
      const environment = await which()
      const [from, until] = [slot?.from, slot?.until].map(text => text && Temporal.Instant.from(text))
      const {timeZone} = environment
      await putBanner(ledger, id, from && until ? bannerOf({timeZone, from, until}) : undefined)
      if (!(await shown.holds(at))) await shown.make(at)
      await noteBanner(ledger, migration, slot?.until)
      at.tell(
        `the pages of ${fullName(environment)} ${slot ? `say that it may be closed from ${from} on` : 'say nothing'}`,
      )
      told = true
    },
  }
}
