import {X509Certificate} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'
import {nightOf} from '../backup/model.ts'
import type {Contract} from '../contract/model.ts'
import {asEnvironment, type Environment, fullName} from '../environment/model.ts'
import {environmentNamed} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {deleteSchedule, putSchedule} from '../ledger/schedule.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {contactOf, type TenantRow, tenantNamed} from '../ledger/tenant.ts'
import {type DestinationRow, deleteDestination, destinations, lastArrived, putDestination} from '../ledger/transfer.ts'
import type {Secret} from '../secret/secret.ts'
import {placeIn, scheduleOf, secretsOf, shownPlace} from './model.ts'
import type {TransferInput} from './run.ts'

export interface DestinationWanted {
  readonly environment: string
  /** `sftp://account@host/folder` */
  readonly to: string
  /** The server's key (sftp), its certificate or its authority's, PEM (ftps). */
  readonly trust?: string | undefined
  readonly secret: Secret
  readonly withKey: boolean
  readonly plainAcceptedBy?: string | undefined
}

export interface DestinationShown {
  readonly environment: string
  readonly to: string
  readonly pinned: boolean
  readonly plainAcceptedBy?: string | undefined
  readonly lastArrived?: Temporal.Instant | undefined
  readonly lastFile?: string | undefined
  readonly warnings: readonly string[]
}

/**
 * Says where the monthly copy goes, and has it sent each month in a night of its own. Throws `transfer-unfit` where the
 * contract has none, or for plain FTP that nobody accepted; `contact-unfit`, `input-invalid`, `password-exposed`.
 */
export async function setDestination(
  {ledger, secrets}: {ledger: Ledger; secrets: () => Promise<SecretStore>},
  wanted: DestinationWanted,
  now: Temporal.Instant,
): Promise<DestinationShown> {
  const {trust, withKey, plainAcceptedBy} = wanted
  const {environment, tenant} = await ordered(ledger, wanted.environment)
  const place = placeIn(wanted.to)
  refuseUntrusted(place.protocol, trust)
  if (place.protocol === 'ftp') await refuseUnaccepted(ledger, environment.tenant, plainAcceptedBy)
  const row: DestinationRow = {
    ...{environment: environment.id, ...place, trust, withKey, changedAt: now},
    plainAcceptedBy: place.protocol === 'ftp' ? plainAcceptedBy : undefined,
  }
  await (await secrets()).put(secretsOf(environment.id).access, wanted.secret)
  await putDestination(ledger, row)
  const schedule = {recurrence: nightOf(`${environment.id} transfer`), zone: tenant.timeZone, catchUp: true}
  await putSchedule(ledger, {
    ...schedule,
    name: scheduleOf(environment),
    runbook: 'backup-transfer',
    input: inputOf(environment),
  })
  return shown(environment, row)
}

/** No copy is sent any more; what was sent stays with the customer, and the key with us. */
export async function endDestination(
  {ledger, secrets}: {ledger: Ledger; secrets: () => Promise<SecretStore>},
  typed: string,
): Promise<void> {
  const environment = await environmentNamed(ledger, typed)
  await deleteSchedule(ledger, scheduleOf(environment))
  await deleteDestination(ledger, environment.id)
  await (await secrets()).remove(secretsOf(environment.id).access)
}

/** Where copies go, and the last one that arrived. */
export async function listDestinations(ledger: Ledger): Promise<{items: readonly DestinationShown[]}> {
  const [rows, all, last] = await Promise.all([destinations(ledger), environmentsOf(ledger), lastArrived(ledger)])
  const items = all.map(asEnvironment).flatMap(environment => {
    const row = rows.find(one => one.environment === environment.id)
    const {arrivedAt, file} = last.get(environment.id) ?? {}
    return row ? [{...shown(environment, row), lastArrived: arrivedAt, lastFile: file}] : []
  })
  return {items}
}

/** What a transfer works on. Throws `transfer-unfit` without option or destination, `not-found`. */
export async function readyToTransfer(ledger: Ledger, typed: string): Promise<{input: TransferInput; to: string}> {
  const {environment} = await ordered(ledger, typed)
  const row = (await destinations(ledger)).find(one => one.environment === environment.id)
  if (row !== undefined) return {input: inputOf(environment), to: shownPlace(row)}
  throw new Refusal('transfer-unfit', `Nobody has said where the copy of ${typed} goes.`, {
    remedies: [`selfhelp backup destination ${typed} --to sftp://ACCOUNT@HOST/FOLDER …`],
  })
}

const inputOf = ({id, tenant, name}: Environment): TransferInput => ({id, tenant, name})

/** The environment of a customer who has ordered it. */
export async function ordered(ledger: Ledger, typed: string): Promise<{environment: Environment; tenant: TenantRow}> {
  const environment = await environmentNamed(ledger, typed)
  const tenant = (await tenantNamed(ledger, environment.tenant)) as TenantRow
  const why = [
    ...(environment.name === 'production' ? [] : ['only production is backed up (R228)']),
    ...((tenant.contract as Contract).options.monthlyTransfer
      ? []
      : ['its contract has no options.monthlyTransfer (R232)']),
  ]
  if (why.length === 0) return {environment, tenant}
  throw new Refusal('transfer-unfit', `No copy of ${typed} is sent to the customer: ${why.join('; ')}.`, {
    facts: {environment: typed, why},
    remedies: [`selfhelp contract update ${environment.tenant} --contract FILE`],
  })
}

function refuseUntrusted(protocol: DestinationRow['protocol'], trust: string | undefined): void {
  const remedies =
    protocol === 'sftp'
      ? ["--host-key 'ssh-ed25519 AAAA…', as `ssh-keyscan HOST` prints it and the customer confirms it"]
      : ['--certificate FILE, PEM, as the customer gives it']
  if (protocol === 'sftp' && !/^(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-\S+) [A-Za-z0-9+/=]{40,}(?: .*)?$/.test(trust ?? ''))
    throw new Refusal('input-invalid', 'The key of an SFTP server is pinned: it is missing, or none.', {remedies})
  if (protocol === 'ftps' && trust !== undefined && !isCertificate(trust))
    throw new Refusal('input-invalid', 'What was given as the certificate of the server is none.', {remedies})
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

async function refuseUnaccepted(ledger: Ledger, tenant: string, by: string | undefined): Promise<void> {
  if (by === undefined)
    throw new Refusal(
      'transfer-unfit',
      'Over plain FTP account and password travel in clear; the copy itself stays encrypted.',
      {
        remedies: [
          'Better: ftps:// or sftp://',
          '--accepted-by CONTACT, a contact of the customer with the role decision',
        ],
      },
    )
  const contact = await contactOf(ledger, tenant, by)
  if (contact?.roles.includes('decision')) return
  throw new Refusal('contact-unfit', `${by} cannot accept that: tenant ${tenant} gave them no decision role.`, {
    facts: {tenant, by},
    remedies: [`selfhelp tenant show ${tenant}`],
  })
}

function shown(environment: Environment, row: DestinationRow): DestinationShown {
  const {protocol, trust, plainAcceptedBy} = row
  const warnings = [
    ...(protocol === 'ftp' ? [`account and password travel in clear; ${plainAcceptedBy} accepted that`] : []),
    ...(protocol === 'ftps' && trust === undefined
      ? ['its certificate is not pinned: any that the system trusts will do']
      : []),
  ]
  return {
    environment: fullName(environment),
    to: shownPlace(row),
    pinned: trust !== undefined,
    plainAcceptedBy,
    warnings,
  }
}
