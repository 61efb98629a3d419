import {readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {Ledger} from '../../src/ledger/ledger.ts'
import type {SecretStore} from '../../src/ledger/secret-store.ts'

/** Where a secret's value stood that should stand nowhere. */
export interface Leak {
  readonly secret: string
  readonly place: string
}

/** Places where texts were seen, each text once. */
export type Seen = Map<string, string>

/** What would give each secret away: a password itself, of a key any line of its body. */
export async function telltales(ledger: Ledger, secrets: SecretStore): Promise<Map<string, string>> {
  const tales = new Map<string, string>()
  for (const {name} of await ledger.all<{name: string}>`select name from secret`) {
    // A chain is sealed with its key, but is shown to everybody who connects.
    if (name.endsWith('-chain')) continue
    addTales(tales, name, (await secrets.get(name))?.expose() ?? '')
  }
  return tales
}

/** The same for a file that holds a key. */
export function addTales(tales: Map<string, string>, name: string, text: string): void {
  const lines = text.split('\n').filter(line => line.length >= 16 && !line.startsWith('-----'))
  // Of an OpenSSH key the fourth line holds the seed, of an elliptic key in PEM the last is of its public half.
  const telling = text.includes('OPENSSH') ? lines.slice(3, 4) : lines.length === 3 ? lines.slice(0, 2) : lines
  for (const line of telling) tales.set(line, name)
}

/** Looks for every secret in every text. */
export function leaks(tales: ReadonlyMap<string, string>, seen: Seen): Leak[] {
  const found: Leak[] = []
  for (const [text, place] of seen) {
    for (const [tale, secret] of tales) if (text.includes(tale)) found.push({secret, place})
  }
  return found
}

/** Reads every text file below a folder but for those a person keeps closed on purpose. */
export function readTree(folder: string, seen: Seen, but: readonly string[] = []): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (but.includes(name)) continue
    const stat = statSync(path, {throwIfNoEntry: false})
    if (stat?.isDirectory()) readTree(path, seen, but)
    else if (stat?.isFile() && stat.size < 20_000_000) seen.set(readFileSync(path, 'latin1'), path)
  }
}

/** Watches the arguments and surroundings of every process of this machine, lab hosts' included, until it is stopped. */
export function watchProcesses(seen: Seen): {stop(): void; readonly processes: number} {
  const known = new Set<string>()
  const look = () => {
    for (const pid of readdirSync('/proc')) if (/^\d+$/.test(pid)) lookAt(pid, known, seen)
  }
  const timer = setInterval(look, 20)
  return {
    stop: () => clearInterval(timer),
    get processes() {
      return known.size
    },
  }
}

function lookAt(pid: string, known: Set<string>, seen: Seen): void {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    // After an exec the same process has other words.
    if (known.has(`${pid} ${words}`)) return
    known.add(`${pid} ${words}`)
    seen.set(words, `the arguments of process ${pid}`)
    seen.set(
      readFileSync(`/proc/${pid}/environ`, 'latin1'),
      `the surroundings of process ${pid} (${words.slice(0, 60)})`,
    )
  } catch {
    // It is gone already.
  }
}
