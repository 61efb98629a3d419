import {createDecipheriv, createHash, pbkdf2Sync} from 'node:crypto'
import {readFile, writeFile} from 'node:fs/promises'
import type {Temporal} from 'temporal-polyfill'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {keptFarewells} from '../ledger/farewell.ts'
import {readFrom} from './farewell.ts'

/** A last dump that is kept. */
export interface Farewell {
  readonly host: string | undefined
  readonly path: string
  readonly sha256: string
  readonly expiresAt: Temporal.Instant
}

/** The last dumps of a removed tenant. Throws `Refusal('not-found')` when none is kept. */
export async function farewellsOf(
  {ledger}: Pick<Platform, 'ledger'>,
  tenant: string,
): Promise<{items: readonly Farewell[]}> {
  const rows = await keptFarewells(ledger, tenant)
  if (rows.length === 0) throw notKept(tenant)
  return {items: rows.map(({host, path, sha256, expiresAt}) => ({host, path, sha256, expiresAt}))}
}

/** Writes the last dump of one environment, opened, for `pg_restore`. Throws `Refusal('not-found')`. */
export async function openFarewell(
  platform: Platform,
  {tenant, environment, output}: {tenant: string; environment: string; output: string},
): Promise<Farewell> {
  const rows = await keptFarewells(platform.ledger, tenant)
  const row = rows.findLast(({path}) => path.split('/').at(-1)?.startsWith(`${tenant}-${environment}-e`))
  const key = row && (await platform.secrets.get(row.keySecret))
  if (row === undefined || key === undefined) throw notKept(`${tenant}/${environment}`)
  const sealed =
    row.host === undefined ? await readFile(row.path) : await readFrom(await platform.machine(row.host), row.path)
  if (createHash('sha256').update(sealed).digest('hex') !== row.sha256) throw altered(row.path)
  await writeFile(output, opened(sealed, key.expose()), {mode: 0o600, flag: 'wx'})
  const {host, path, sha256, expiresAt} = row
  return {host, path, sha256, expiresAt}
}

/** What `openssl enc -aes-256-cbc -pbkdf2 -iter 100000` made: `Salted__`, eight bytes of salt, the rest. */
function opened(sealed: Buffer, passphrase: string): Buffer {
  const made = pbkdf2Sync(passphrase, sealed.subarray(8, 16), 100_000, 48, 'sha256')
  const cipher = createDecipheriv('aes-256-cbc', made.subarray(0, 32), made.subarray(32))
  return Buffer.concat([cipher.update(sealed.subarray(16)), cipher.final()])
}

function notKept(what: string): Refusal {
  return new Refusal('not-found', `No last dump of ${what} is kept.`, {facts: {about: what}})
}

function altered(path: string): Refusal {
  return new Refusal('not-found', `${path} is not the dump that was put there; it was not opened.`, {facts: {path}})
}
