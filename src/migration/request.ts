import type {Temporal} from 'temporal-polyfill'
import {fullName} from '../environment/model.ts'
import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {changeMigration, insertMigration, migrations} from '../ledger/migration.ts'
import {shortId} from '../ledger/short-id.ts'
import {assertReachable} from '../release/steps.ts'
import {contactFor, migrationFor, placesOf} from './known.ts'
import type {MigrationRow, Preparation} from './model.ts'

export interface RequestAsked {
  readonly tenant: string
  readonly to: string
  /** The contact's id. */
  readonly by: string
  readonly ticket: string
}

/**
 * Writes down that the customer asked for a version (R137). Throws `Refusal` `not-found`, `contact-unfit`,
 * `release-unfit`, `migration-state` while another one is open.
 */
export async function requestMigration(
  ledger: Ledger,
  now: Temporal.Instant,
  {tenant, to, by, ticket}: RequestAsked,
): Promise<MigrationRow> {
  const {production} = await placesOf(ledger, tenant)
  await contactFor(ledger, {tenant, by, decides: false})
  await assertReachable(ledger, {from: production.version, to})
  if (production.phase !== 'production')
    throw new Refusal(
      'backup-inactive',
      `${fullName(production)} is not in service, so nothing is backed up that a failed migration could go back to (R150).`,
      {
        facts: {environment: fullName(production), phase: production.phase},
        remedies: [`selfhelp environment activate ${fullName(production)} --by CONTACT --request REF`],
      },
    )
  const id = shortId('g')
  const detail = {from: production.version}
  if (await insertMigration(ledger, {id, tenant, version: to, askedBy: by, ticket, askedAt: now, detail}))
    return migrationFor(ledger, id)
  const [open] = await migrations(ledger, {tenant, open: true, limit: 1})
  throw new Refusal('migration-state', `Tenant ${tenant} is on its way to ${open?.version} already (${open?.id}).`, {
    facts: {tenant, migration: open?.id, state: open?.state},
    remedies: [`selfhelp migration show ${open?.id}`, `selfhelp migration abandon ${open?.id} --reason TEXT`],
  })
}

/** A contact acknowledges what their teams have done (R129). Throws `not-found`, `migration-state`, `contact-unfit`. */
export async function acknowledge(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, by, done}: {id: string; by: string; done: readonly Preparation[]},
): Promise<MigrationRow> {
  const row = await migrationFor(ledger, id, 'prepare')
  await contactFor(ledger, {tenant: row.tenant, by, decides: false})
  const before = (row.detail.preparation ?? {}) as Readonly<Record<string, unknown>>
  const said = Object.fromEntries(done.map(each => [each, {by, at: now.toString()}]))
  return changed(ledger, row, {preparation: {...before, ...said}})
}

/** An advisor or a partner is to help (R130). Throws `not-found`, `migration-state`, `contact-unfit`. */
export async function askAssistance(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, by, whom, what}: {id: string; by: string; whom: string; what: string},
): Promise<MigrationRow> {
  const row = await migrationFor(ledger, id, 'assist')
  await contactFor(ledger, {tenant: row.tenant, by, decides: false})
  const before = (row.detail.assistance ?? []) as readonly unknown[]
  return changed(ledger, row, {assistance: [...before, {by, whom, what, at: now.toString()}]})
}

async function changed(ledger: Ledger, {id, state}: MigrationRow, detail: Record<string, unknown>) {
  await changeMigration(ledger, {id, from: [state]}, {detail})
  return migrationFor(ledger, id)
}
