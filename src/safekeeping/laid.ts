import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {Failure, Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {type Place, placeOf} from '../ledger/place.ts'
import {run, serviceAccount} from '../ledger/postgres-account.ts'
import {startPrivate, stopPrivate} from '../ledger/private.ts'
import {secretNames} from '../ledger/secret.ts'
import {secretStore} from '../ledger/secret-store.ts'
import type {Machine} from '../machine/model.ts'
import {Secret} from '../secret/secret.ts'
import {configure, type Goal, layOut, repositoryOf} from './engine.ts'
import type {KitContent} from './kit.ts'
import {fetch} from './mirror.ts'

/** Brings the repository from the host that keeps it, where the engine finds it. Asked again it goes on. */
export async function fetched(place: Place, machine: Machine, content: KitContent): Promise<void> {
  await configure(place, new Secret(content.passphrase))
  await fetch(machine, {here: repositoryOf(place), there: join(content.folder, 'repository')})
  const {dropped, uid, gid} = await serviceAccount()
  if (dropped) await run('chown', ['-R', `${uid}:${gid}`, place.keeping.folder])
}

/** A server in that place which has replayed up to the goal and is open. Throws `Refusal('restore-out-of-reach')`. */
export async function opened(
  place: Place,
  how: {goal: Goal; archiving: boolean; set?: string | undefined},
): Promise<void> {
  await layOut(place, how)
  try {
    await startPrivate(place)
  } catch (error) {
    const said = error instanceof Failure ? JSON.stringify(error.facts) : ''
    if (!said.includes('recovery ended before configured recovery target')) throw error
    const last = /last completed transaction was at log time ([^"\\]+)/.exec(said)?.[1]
    throw new Refusal(
      'restore-out-of-reach',
      `The ledger cannot be put back to that moment: what was brought to safety ends ${last ? `at ${last}` : 'before it'}.`,
      {facts: {said}, remedies: ['Give an earlier --at, or none for all there is.']},
    )
  }
}

/** A place of its own below the home, for one test restore. */
export function scratchOf(home: string, run: string): string {
  return join(home, `ledger-drill-${createHash('sha256').update(run).digest('hex').slice(0, 8)}`)
}

/** An empty place for it, whatever was there. */
export async function emptied(folder: string, env: NodeJS.ProcessEnv): Promise<Place> {
  await dropped(folder, env)
  mkdirSync(folder, {mode: 0o711})
  return placeOf(folder, env)
}

/** Gone, with the server that may run there. */
export async function dropped(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!existsSync(folder)) return
  await stopPrivate(placeOf(folder, env))
  rmSync(folder, {recursive: true, force: true})
}

/** How many secrets of a ledger open with that key file. */
export async function opening(ledger: Ledger, keyFile: string): Promise<number> {
  const store = secretStore(ledger, keyFile)
  const all = (await secretNames(ledger)).map(name => store.get(name).then(Boolean, () => false))
  return (await Promise.all(all)).filter(Boolean).length
}
