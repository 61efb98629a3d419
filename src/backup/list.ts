import type {Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import type {Repository} from './model.ts'
import {engineOf} from './pgbackrest.ts'
import {backedUp} from './ready.ts'

/** The backups of an environment. Throws `backup-inactive` (R120), and `backup-engine-failed` for an unreadable repository. */
export async function listBackups(
  platform: Platform,
  typed: string,
): Promise<{items: Repository['sets']} & Pick<Repository, 'gaps' | 'timelines'>> {
  const {sets, trouble, gaps, timelines} = await engineOf(platform, await backedUp(platform.ledger, typed)).list()
  if (trouble === undefined) return {items: sets, gaps, timelines}
  throw new Failure('backup-engine-failed', `The repository of ${typed} cannot be read: ${trouble}.`, {
    facts: {environment: typed, said: trouble},
    remedies: [`selfhelp backup status ${typed}`, `selfhelp backup verify ${typed}`],
  })
}
