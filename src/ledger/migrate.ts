import {type Address, connectionOf} from './address.ts'
import {connectLedger} from './connect.ts'
import {levelOf, migrations, migrationsFolder} from './level.ts'

/** Brings the ledger to the level of this code; any number at once, one does it. */
export async function migrate(address: Address, folder = migrationsFolder()): Promise<void> {
  // What it reads JavaScript with would make a folder for compiled code in the shared /tmp; ours are SQL.
  process.env.JITI_FS_CACHE = 'false'
  const [{runner}, {default: pg}] = await Promise.all([import('node-pg-migrate'), import('pg')])
  const owner = await connectLedger(address, 'owner')
  const client = new pg.Client(connectionOf(address, 'owner'))
  try {
    if ((await levelOf(owner, migrations(folder))) === 'same') return
    await client.connect()
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'pgmigrations',
      advisoryLockMode: 'wait',
      log: () => {},
    })
  } finally {
    await client.end()
    await owner.close()
  }
}
