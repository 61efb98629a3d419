import {type Address, connectionOf, missingLedger, type Role, urlOf} from './address.ts'
import type {Ledger} from './ledger.ts'
import {assertOwnSocket} from './place.ts'
import {isAway, unreachable} from './trouble.ts'

/** A ledger at an address, whatever its level. The first statement connects. */
export async function connectLedger(address: Address, role: Role = 'app'): Promise<Ledger> {
  if (address.kind === 'private') assertOwnSocket(address.place)
  const {makePool} = await import('./pool.ts')
  return makePool({
    config: connectionOf(address, role),
    url: urlOf(address, role),
    revive: thrown => revive(address, thrown),
  })
}

/** Called when a connection could not be made: starts a private server that is down, explains anything else. */
async function revive(address: Address, thrown: unknown): Promise<void> {
  if (isMissing(thrown)) throw missingLedger(address.kind === 'private' ? address.place.home : 'that database')
  if (address.kind === 'url' || !isAway(thrown)) throw unreachable(thrown)
  const {existsSync, readFileSync} = await import('node:fs')
  if (!existsSync(`${address.place.data}/PG_VERSION`)) throw missingLedger(address.place.home)
  const {restoring} = address.place
  if (existsSync(restoring) && readFileSync(restoring, 'utf8').startsWith('laying'))
    throw missingLedger(address.place.home)
  const {startPrivate} = await import('./private.ts')
  await startPrivate(address.place)
}

/** The database or our roles are not there: nobody said `init` yet, or it was killed half way. */
function isMissing(thrown: unknown): boolean {
  if (!(thrown instanceof Error && 'code' in thrown)) return false
  return thrown.code === '3D000' || /^role "selfhelp_\w+" does not exist$/.test(thrown.message)
}
