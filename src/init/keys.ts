import {generateKeyPairSync} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {controlKeySecret} from '../host/model.ts'
import {journalKeySecret} from '../journal/model.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import {writeWhole} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'
import {newSshKey} from '../secret/ssh-key.ts'

interface Where {
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly home: string
}

/** Makes the control plane's SSH key and the journal's, sealed; their public halves are files. Returns the SSH one. */
export async function makeKeys({ledger, secrets, home}: Where): Promise<string> {
  let ssh = await setting(ledger, 'ssh-public-key')
  if (ssh === undefined) {
    const {privateKey, publicKey} = newSshKey('selfhelp control plane')
    await secrets.put(controlKeySecret, privateKey)
    await putSetting(ledger, 'ssh-public-key', publicKey)
    ssh = publicKey
  }
  const sshFile = join(home, 'control-plane.pub')
  keep(sshFile, `${ssh} selfhelp control plane\n`)
  let journal = await setting(ledger, 'journal-public-key')
  if (journal === undefined) {
    const {privateKey, publicKey} = generateKeyPairSync('ed25519', {
      publicKeyEncoding: {type: 'spki', format: 'pem'},
      privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
    })
    await secrets.put(journalKeySecret, new Secret(privateKey))
    await putSetting(ledger, 'journal-public-key', publicKey)
    journal = publicKey
  }
  keep(join(home, 'journal.pub.pem'), journal)
  return sshFile
}

function keep(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeWhole(file, text, 0o644)
}
