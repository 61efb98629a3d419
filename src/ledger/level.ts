import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {Refusal} from '../error.ts'
import {packageRoot} from '../root.ts'
import type {Queries} from './ledger.ts'

/** One query: where the ledger stands against this code. Refusal `ledger-too-new`. */
export async function levelOf(ledger: Queries, known = migrations()): Promise<'none' | 'older' | 'same'> {
  const found = await applied(ledger)
  if (found.length === 0) return 'none'
  assertNotNewer(found, known)
  return found.length === known.length ? 'same' : 'older'
}

/** A ledger written by a newer selfhelp is refused: this code does not know what its rows mean. */
function assertNotNewer(found: readonly string[], known: readonly string[]): void {
  const unknown = found.filter(name => !known.includes(name))
  if (unknown.length === 0) return
  throw new Refusal('ledger-too-new', 'The ledger was written by a newer selfhelp; nothing was read or changed.', {
    facts: {unknown, newestKnown: known.at(-1)},
    remedies: ['Update this selfhelp to the version that wrote it, then type the command again.'],
  })
}

/** The names of our migrations, in order. */
export function migrations(folder = migrationsFolder()): string[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.sql'))
    .map(file => file.slice(0, -'.sql'.length))
    .sort()
}

/** Where the migrations lie. */
export function migrationsFolder(): string {
  return join(packageRoot(), 'src/ledger/migrations')
}

/** The migrations the ledger has seen; none when it is no ledger yet. */
export async function applied(ledger: Queries): Promise<string[]> {
  try {
    return (await ledger.all<{name: string}>`select name from pgmigrations order by id`).map(({name}) => name)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === '42P01') return []
    throw thrown
  }
}
