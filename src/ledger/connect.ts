import {type Address, connectionOf, missingLedger, type Role, urlOf} from './address.ts'
import type {Ledger} from './ledger.ts'
import {isAway, unreachable} from './trouble.ts'

/** A ledger at an address, whatever its level. The first statement connects. */
export async function connectLedger(address: Address, role: Role = 'app'): Promise<Ledger> {
  const {makePool} = await import('./pool.ts')
  return makePool({
    config: connectionOf(address, role),
    url: urlOf(address, role),
    revive: thrown => revive(address, thrown),
  })
}

/** Called when a connection could not be made: starts a private server that is down, explains anything else. */
async function revive(address: Address, thrown: unknown): Promise<void> {
  if (isMissingDatabase(thrown)) throw missingLedger(address.kind === 'private' ? address.place.home : 'that database')
  if (address.kind === 'url' || !isAway(thrown)) throw unreachable(thrown)
  const {existsSync} = await import('node:fs')
  if (!existsSync(address.place.data)) throw missingLedger(address.place.home)
  const {startPrivate} = await import('./private.ts')
  await startPrivate(address.place)
}

function isMissingDatabase(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === '3D000'
}
