import {existsSync, rmSync} from 'node:fs'
import {purgeImages} from '../../src/lab/image.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'
import {ownHome} from './home.ts'
import {asked, type Shown, selfhelp} from './selfhelp.ts'

/** Takes away the lab, the ledger with its PostgreSQL, and all they put on this machine. Caches stay unless `purge`. */
export async function down({streams}: Shown, {lab, purge}: {lab: string; purge: boolean}): Promise<void> {
  const home = ownHome()
  if (await labStands(lab)) await selfhelp('lab', 'down', '--lab', lab)
  if (existsSync(home)) {
    await stopPrivate(placeOf(home, process.env))
    rmSync(home, {recursive: true, force: true})
  }
  if (purge) await purgeImages()
  const image = purge ? '' : ', the cached base image (--purge takes it too)'
  streams.err.write(`Lab, ledger and ${home} are gone. What stays: Debian packages, node_modules${image}.\n`)
}

async function labStands(lab: string): Promise<boolean> {
  return asked('lab', 'status', '--lab', lab).then(
    () => true,
    () => false,
  )
}
