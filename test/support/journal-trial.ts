import {generateKeyPairSync} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {systemClock} from '../../src/clock.ts'
import {headsFile, readHeads} from '../../src/journal/head.ts'
import {journalKeySecret} from '../../src/journal/model.ts'
import {journalSignHead} from '../../src/journal/sign-head.ts'
import {append} from '../../src/ledger/journal.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'
import {Secret} from '../../src/secret/secret.ts'
import type {Killable, Place} from './killable.ts'

/** Signing how far the journal has come. */
export function killable({ledger, folder}: Place): Killable {
  const keyFile = join(folder, 'key')
  const secrets = secretStore(ledger, keyFile)
  return {
    runbook: journalSignHead({ledger, secrets, clock: systemClock, home: folder}),
    begin: async () => {
      writeKeys(keyFile, [newKey()])
      const {privateKey} = generateKeyPairSync('ed25519', {
        privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
        publicKeyEncoding: {type: 'spki', format: 'pem'},
      })
      await secrets.put(journalKeySecret, new Secret(privateKey))
      const by = {operator: 'ann@cmc.test', account: 'root', machine: hostname()}
      await append(ledger, {...by, at: systemClock.now(), kind: 'run', subject: 'x', result: 'done', body: {}})
      return {}
    },
    state: async () => readHeads(folder).map(({sequence}) => sequence),
    effects: async () => ({head: readFileSync(headsFile(folder), 'utf8').trimEnd().split('\n').length}),
  }
}
