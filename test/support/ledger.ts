import {createHash, randomBytes} from 'node:crypto'
import {mkdirSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import pg from 'pg'
import type {Test} from 'tap'
import {type Address, connectionOf} from '../../src/ledger/address.ts'
import {connectLedger} from '../../src/ledger/connect.ts'
import {makeRoles} from '../../src/ledger/create.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {migrations, migrationsFolder} from '../../src/ledger/level.ts'
import {migrate} from '../../src/ledger/migrate.ts'
import {type Place, placeOf} from '../../src/ledger/place.ts'
import {createPrivate, stopPrivate} from '../../src/ledger/private.ts'
import {packageRoot} from '../../src/root.ts'

/** A ledger of a test's own. */
export interface TestLedger extends Ledger {
  readonly address: Address
  /** The same with the owner's rights, to tamper and to look. */
  readonly owner: Ledger
}

/**
 * A fresh, empty ledger in milliseconds: a copy of a template, on one private PostgreSQL that all test files of this
 * checkout share. It stays up for the next run; `stopTestServer` ends it.
 */
export async function freshLedger(t: Pick<Test, 'teardown'>): Promise<TestLedger> {
  const place = testPlace()
  await createPrivate(place)
  const database = `test_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client(connectionOf({kind: 'private', place, database: 'postgres'}, 'admin'))
  await admin.connect()
  const template = await makeTemplate(admin, place)
  await admin.query(`create database ${database} template ${template} owner selfhelp_owner`)
  await admin.query(`grant create on database ${database} to selfhelp_app`)
  const address: Address = {kind: 'private', place, database}
  const ledger = await connectLedger(address)
  const owner = await connectLedger(address, 'owner')
  t.teardown(async () => {
    await ledger.close()
    await owner.close()
    await admin.query(`drop database ${database} with (force)`)
    await admin.end()
  })
  return {...ledger, address, owner}
}

/** Ends the shared server of this checkout's tests. */
export async function stopTestServer(): Promise<void> {
  await stopPrivate(testPlace())
}

function testPlace(): Place {
  const checkout = createHash('sha256').update(packageRoot()).digest('hex').slice(0, 8)
  const home = join(tmpdir(), `selfhelp-test-${process.getuid?.() ?? 0}-${checkout}`)
  mkdirSync(home, {recursive: true})
  return {...placeOf(home, process.env), durable: false}
}

/** One template per set of migrations; test files that start together wait for the first to make it. */
async function makeTemplate(admin: pg.Client, place: Place): Promise<string> {
  const sql = migrations().map(name => readFileSync(join(migrationsFolder(), `${name}.sql`)))
  const template = `template_${createHash('sha256').update(Buffer.concat(sql)).digest('hex').slice(0, 12)}`
  await admin.query('select pg_advisory_lock(1)')
  try {
    if (await exists(admin, template)) return template
    const making = `making_${template}`
    await admin.query(`drop database if exists ${making}`)
    const roles = await connectLedger({kind: 'private', place, database: 'postgres'}, 'admin')
    await makeRoles(roles, 'private').finally(() => roles.close())
    await admin.query(`create database ${making} owner selfhelp_owner`)
    await migrate({kind: 'private', place, database: making})
    await admin.query(`alter database ${making} rename to ${template}`)
    return template
  } finally {
    await admin.query('select pg_advisory_unlock(1)')
  }
}

async function exists(admin: pg.Client, database: string): Promise<boolean> {
  const {rowCount} = await admin.query('select from pg_database where datname = $1', [database])
  return rowCount === 1
}
