import type {BackupSet} from '../backup/model.ts'
import {type LedgerDrillRow, ledgerDrills} from '../ledger/drill.ts'
import {type Settings, setting} from '../ledger/setting.ts'
import {setsOf} from './engine.ts'
import {type Keeper, privateLedger} from './place.ts'

export interface LedgerBackups {
  readonly items: readonly BackupSet[]
  /** Where they are kept, and when all there is last arrived there. */
  readonly kept: Settings['ledger-backup'] | undefined
  readonly drills: readonly LedgerDrillRow[]
}

/** The ledger's own backups, the oldest first. */
export async function ledgerBackups(keeper: Pick<Keeper, 'ledger' | 'home' | 'env'>): Promise<LedgerBackups> {
  const {place} = privateLedger(keeper)
  const [kept, drills] = [await setting(keeper.ledger, 'ledger-backup'), await ledgerDrills(keeper.ledger)]
  return {items: kept === undefined ? [] : await setsOf(place), kept, drills}
}
