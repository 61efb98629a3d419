import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {readHeads} from '../journal/steps.ts'
import {journalHead} from '../ledger/journal-read.ts'
import {levelOf} from '../ledger/level.ts'
import {recoverySeals} from '../ledger/secret.ts'
import {keyFileOf} from '../secret/key-file.ts'
import {type Check, type Finding, finding} from './model.ts'

/** The ledger stands at the level of this code. */
export const ledgerSchema: Check = {
  name: 'ledger-schema',
  run: async ({ledger}) => {
    const found = await levelOf(ledger)
    const remedy = 'selfhelp init'
    return [finding({check: 'ledger-schema', subject: 'ledger', expected: 'same', found, remedy}, found === 'same')]
  },
}

/** Files with secrets are readable by their owner only. */
export const keyPermissions: Check = {
  name: 'key-permissions',
  run: async ({home, env}) => {
    const password = env.SELFHELP_DATABASE_PASSWORD_FILE
    const files = [
      keyFileOf(home, env),
      join(home, 'operator-key'),
      join(home, 'machine-key'),
      ...(password ? [password] : []),
    ]
    return files.filter(existsSync).map(path => {
      const found = `0${(statSync(path).mode & 0o777).toString(8)}`
      const about = {check: 'key-permissions', subject: path, expected: '0600', found, remedy: `chmod 600 ${path}`}
      return finding(about, found === '0600' || found === '0400')
    })
  },
}

/** Two recovery keys can open the key-encryption key, should it be lost. */
export const recoveryKeys: Check = {
  name: 'recovery-keys',
  run: async ({ledger}) => {
    const found = (await recoverySeals(ledger)).length
    const about = {
      ...{check: 'recovery-keys', subject: 'secrets', expected: '2 or more', found: `${found}`},
      remedy: 'selfhelp init --recovery-key FILE, twice, with public keys whose private halves lie in a safe',
    }
    return [finding(about, found >= 2, 'warning')]
  },
}

const oldestHead = 2

/** The journal's head was signed in the last two hours: what came later could be cut off unnoticed. */
export const journalHeads: Check = {
  name: 'journal-heads',
  run: async ({ledger, home, clock}) => {
    const [head, last] = [readHeads(home).at(-1), await journalHead(ledger)]
    const hours = head?.at ? clock.now().since(Temporal.Instant.from(head.at)).total('hours') : Number.POSITIVE_INFINITY
    const found = head?.at ? `signed ${hours.toFixed(1)} h ago` : 'never signed'
    const about = {
      ...{check: 'journal-heads', subject: 'journal', expected: `signed ${oldestHead} h ago or later`, found},
      remedy: 'selfhelp scheduler, always on; now: selfhelp schedule run journal-heads',
    }
    return [finding(about, hours <= oldestHead || head?.sequence === last?.sequence, 'warning')]
  },
}

/** Node is the one the project brings. */
export const nodeVersion: Check = {
  name: 'node',
  run: async (): Promise<readonly Finding[]> => {
    const about = {check: 'node', subject: 'this machine', expected: '24', found: process.versions.node}
    return [finding({...about, remedy: 'Start it as bin/selfhelp, or type npm ci.'}, about.found.startsWith('24.'))]
  },
}
