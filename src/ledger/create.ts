import {mkdirSync} from 'node:fs'
import {Refusal} from '../error.ts'
import {type Address, addressOf} from './address.ts'
import {connectLedger} from './connect.ts'
import type {Ledger, Queries} from './ledger.ts'
import {migrate} from './migrate.ts'
import {openLedger, type Whose} from './open.ts'

/** Makes what is missing of a ledger (server, roles, database, tables) and opens it. Any number at once. */
export async function createLedger({home, env}: Whose): Promise<Ledger> {
  mkdirSync(home, {recursive: true, mode: 0o711})
  const address = addressOf(home, env)
  if (address.kind === 'private') await createPrivateLedger(address)
  else await createRoles(address)
  await migrate(address)
  return openLedger({home, env})
}

async function createPrivateLedger(address: Address & {kind: 'private'}): Promise<void> {
  const {createPrivate} = await import('./private.ts')
  const {lockFile} = await import('./file-lock.ts')
  await using _ = await lockFile(`${address.place.lock}.init`)
  await createPrivate(address.place)
  await createRoles(address)
}

async function createRoles(address: Address): Promise<void> {
  const admin = await connectLedger(address.kind === 'private' ? {...address, database: 'postgres'} : address, 'admin')
  try {
    await makeRoles(admin, address.kind)
    if (address.kind === 'private') await makeDatabase(admin)
  } finally {
    await admin.close()
  }
}

/** The two roles, where they are missing; on somebody else's server its administrator may have to make them. */
export async function makeRoles(admin: Ledger, kind: Address['kind']): Promise<void> {
  await admin.transaction(async tx => {
    // One at a time: two `create role` of one name would clash.
    await tx.all`select pg_advisory_xact_lock(7274150)`
    const found = await tx.all`select from pg_roles where rolname in ('selfhelp_owner', 'selfhelp_app')`
    if (found.length === 2) return
    if (kind === 'private') {
      await tx.all`create role selfhelp_owner login createdb`
      await tx.all`create role selfhelp_app login`
    } else await makeSharedRoles(tx)
  })
}

async function makeSharedRoles(tx: Queries): Promise<void> {
  try {
    await tx.all`create role selfhelp_owner`
    await tx.all`create role selfhelp_app`
    await tx.all`grant selfhelp_owner, selfhelp_app to current_user`
    await tx.all`do $$ begin
      execute format('grant create, connect on database %I to selfhelp_owner, selfhelp_app', current_database());
    end $$`
    await tx.all`grant create, usage on schema public to selfhelp_owner`
  } catch (thrown) {
    throw rolesRefused(thrown)
  }
}

async function makeDatabase(admin: Ledger): Promise<void> {
  const there = await admin.one`select from pg_database where datname = 'selfhelp'`
  if (!there) await admin.all`create database selfhelp owner selfhelp_owner`.catch(madeMeanwhile)
  // The durable runs keep their tables in a schema of their own, made by `app`.
  await admin.all`grant create on database selfhelp to selfhelp_app`
}

/** The server may still have been at work for an init that was killed: `duplicate_database`, or `unique_violation` at the same instant. */
function madeMeanwhile(thrown: unknown): void {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code !== '42P04' && code !== '23505') throw thrown
}

function rolesRefused(thrown: unknown): unknown {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === '42501')) return thrown
  return new Refusal('ledger-missing', 'The user of SELFHELP_DATABASE_URL may not make the two roles of the ledger.', {
    remedies: [
      'Let an administrator of that PostgreSQL run: create role selfhelp_owner; create role selfhelp_app; grant selfhelp_owner, selfhelp_app to USER; grant create, connect on database DATABASE to selfhelp_owner, selfhelp_app; grant create, usage on schema public to selfhelp_owner;',
      'selfhelp init',
    ],
    cause: thrown,
  })
}
