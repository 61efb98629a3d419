import type {Decision, Operation} from '../calendar/model.ts'
import {type Known, knownOf, mayRun} from '../calendar/steps.ts'
import {asEnvironment, type Environment, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'
import {migrationById} from '../ledger/migration.ts'
import {type ContactRow, contactOf} from '../ledger/tenant.ts'
import {allowed, type MigrationRow, nextOf, type Verb} from './model.ts'

/** A migration on which this may be done now. Throws `Refusal` `not-found`, `migration-state`. */
export async function migrationFor(q: Queries, id: string, verb?: Verb): Promise<MigrationRow> {
  const row = await migrationById(q, id)
  if (!row)
    throw new Refusal('not-found', `There is no migration ${id}.`, {
      facts: {migration: id},
      remedies: ['selfhelp migration list'],
    })
  if (verb === undefined || allowed[verb].includes(row.state)) return row
  throw notNow(row, verb)
}

/** It stands elsewhere than this needs. */
export function notNow(row: MigrationRow, verb: Verb): Refusal {
  const needed = allowed[verb]
  return new Refusal(
    'migration-state',
    `Migration ${row.id} is ${row.state}: ${verb} needs one that is ${needed.join(' or ')}.`,
    {
      facts: {migration: row.id, state: row.state, verb, needed},
      remedies: [`selfhelp migration show ${row.id}`, ...nextOf(row)],
    },
  )
}

/** The environments a migration is about. */
export interface Places {
  readonly production: Environment
  readonly qualification: Environment | undefined
}

/** Throws `Refusal('not-found')` for a tenant without production. */
export async function placesOf(q: Queries, tenant: string): Promise<Places> {
  const all = (await environmentsOf(q, tenant)).map(asEnvironment)
  const production = all.find(({name}) => name === 'production')
  if (production) return {production, qualification: all.find(({name}) => name === 'qualification')}
  throw new Refusal('not-found', `Tenant ${tenant} has no production that could be migrated.`, {
    facts: {tenant},
    remedies: ['selfhelp tenant list', `selfhelp environment list --tenant ${tenant}`],
  })
}

/** Which build of a version a host would get: the SHA-256 of its archive, proven from the file. */
export async function buildFor(platform: Platform, environment: Environment, version: string): Promise<string> {
  return (await platform.release(version, hostOf(environment, 'presentation'))).wanted.archive.sha256
}

/** A contact of the tenant, with the role that decides when asked so. Throws `Refusal('contact-unfit')`. */
export async function contactFor(
  q: Queries,
  {tenant, by, decides}: {tenant: string; by: string; decides: boolean},
): Promise<ContactRow> {
  const contact = await contactOf(q, tenant, by)
  if (contact && (!decides || contact.roles.includes('decision'))) return contact
  const why = contact === undefined ? `has no contact ${by}` : `gave ${by} no decision role`
  throw new Refusal('contact-unfit', `Tenant ${tenant} ${why}; nothing was recorded (R143, R147).`, {
    facts: {tenant, by, roles: contact?.roles},
    remedies: [`selfhelp tenant show ${tenant}`],
  })
}

export interface Slot {
  readonly environment: string
  readonly at: number
  readonly minutes: number
}

/**
 * What the calendar would say to a slot that the customer had agreed on; `own` is what of this migration is planned
 * already and would go.
 */
export async function slotDecision(
  q: Queries,
  now: Parameters<typeof knownOf>[1],
  {slot, own}: {slot: Slot; own: string | undefined},
): Promise<Decision> {
  const {environment, at, minutes} = slot
  const known: Known = await knownOf(q, now, environment)
  const proposed: Operation = {
    ...{id: 'proposed', change: 'migration', state: 'planned', agreedBy: 'proposed'},
    ...{from: at, until: at + minutes * 60_000},
  }
  const operations = [...known.operations.filter(({id}) => id !== own), proposed]
  const {validation: _, ...rest} = known
  return mayRun({change: 'migration', environment, at, minutes, operation: 'proposed'}, {...rest, operations})
}

/** Refuses what the calendar does not allow; conditions may still be met. Throws `calendar-refused`, `calendar-needs`. */
export function refuseSlot(decision: Decision, migration: string): void {
  const {verdict, environment, reasons, nextAllowed} = decision
  if (verdict === 'allowed') return
  const name = environment.split('/')[1]
  throw new Refusal(
    verdict === 'needs' ? 'calendar-needs' : 'calendar-refused',
    `Nothing was planned. ${reasons.map(({sentence}) => `${environment}: ${sentence}`).join(' ')}`,
    {
      facts: {decision},
      remedies: [
        ...reasons.flatMap(({from}) => (from ? [`From ${from}`] : [])),
        nextAllowed
          ? `selfhelp migration schedule ${migration} --environment ${name} --at ${nextAllowed}`
          : `selfhelp calendar check ${environment} --change migration`,
      ],
    },
  )
}
