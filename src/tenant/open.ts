import {createDecipheriv, createHash, pbkdf2Sync} from 'node:crypto'
import {createReadStream, createWriteStream, existsSync} from 'node:fs'
import {rename, rm} from 'node:fs/promises'
import {Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {Temporal} from 'temporal-polyfill'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {keptFarewells} from '../ledger/farewell.ts'
import {blocksOf, counted} from './farewell.ts'

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
    row.host === undefined ? createReadStream(row.path) : blocksOf(await platform.machine(row.host), row.path)
  const sum = createHash('sha256')
  const beside = `${output}.part`
  if (existsSync(output)) throw inTheWay(output)
  try {
    await pipeline(sealed, counted(sum), opening(key.expose()), createWriteStream(beside, {mode: 0o600}))
    if (sum.digest('hex') !== row.sha256) throw altered(row.path)
    await rename(beside, output)
  } catch (cause) {
    throw openTrouble(cause, {output, path: row.path})
  } finally {
    await rm(beside, {force: true}).catch(() => {})
  }
  const {host, path, sha256, expiresAt} = row
  return {host, path, sha256, expiresAt}
}

/** What `openssl enc -aes-256-cbc -pbkdf2 -iter 100000` made: `Salted__`, eight bytes of salt, the rest. */
function opening(passphrase: string): Transform {
  let head = Buffer.alloc(0)
  let cipher: ReturnType<typeof createDecipheriv> | undefined
  return new Transform({
    transform(chunk: Buffer, _, done) {
      try {
        if (cipher) return done(null, cipher.update(chunk))
        head = Buffer.concat([head, chunk])
        if (head.length < 16) return done()
        const made = pbkdf2Sync(passphrase, head.subarray(8, 16), 100_000, 48, 'sha256')
        cipher = createDecipheriv('aes-256-cbc', made.subarray(0, 32), made.subarray(32))
        done(null, cipher.update(head.subarray(16)))
      } catch (error) {
        done(error as Error)
      }
    },
    flush(done) {
      try {
        done(null, cipher?.final())
      } catch (error) {
        done(error as Error)
      }
    },
  })
}

/** What does not even decrypt was altered, too. */
function openTrouble(cause: unknown, {output, path}: {output: string; path: string}): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause
  if (`${cause.code}`.startsWith('ERR_OSSL')) return altered(path)
  if (!('path' in cause && cause.path === `${output}.part`)) return cause
  return new Refusal('input-invalid', `${output} cannot be written: ${cause.message}.`, {cause})
}

function inTheWay(output: string): Refusal {
  return new Refusal('in-the-way', `${output} is there already; it was not touched.`, {
    remedies: ['Name another file with --output.'],
  })
}

function notKept(what: string): Refusal {
  return new Refusal('not-found', `No last dump of ${what} is kept: it was never removed, or its days are over.`, {
    facts: {about: what},
    remedies: ['selfhelp tenant list', `selfhelp journal list --tenant ${what.split('/')[0]}`],
  })
}

function altered(path: string): Refusal {
  return new Refusal('not-found', `${path} is not the dump that was put there; it was not opened.`, {facts: {path}})
}
