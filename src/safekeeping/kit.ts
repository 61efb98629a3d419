import {constants, createPrivateKey, type KeyObject, privateDecrypt} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {Refusal} from '../error.ts'
import {type KeyEncryptionKey, open, seal} from '../secret/envelope.ts'
import {keysIn} from '../secret/key-file.ts'
import {assertNoLink, writeWhole} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'

/**
 * What a person needs beside a recovery key to have the control plane again when all of it is lost. It may lie anywhere:
 * everything in it is sealed by the key-encryption key, and that to the recovery keys.
 */
export interface Kit {
  readonly format: 'selfhelp-ledger-kit-1'
  /** For people: where the backups lie, and of when this is. */
  readonly repository: string
  readonly madeAt: string
  readonly keyId: string
  readonly sealed: string
  /** The key-encryption key by the fingerprint of the recovery key that opens it. */
  readonly recovery: Readonly<Record<string, string>>
}

/** What is sealed in it. */
export interface KitContent {
  /** The repository's host and the key it must show. */
  readonly host: {readonly name: string; readonly address: string; readonly hostKey: string}
  readonly folder: string
  /** Of the repository. */
  readonly passphrase: string
  /** The control plane's own key to hosts, and its public half. */
  readonly sshKey: string
  readonly sshPublicKey: string
  /** Small files of the home that no ledger holds: keys of operators, public halves. */
  readonly files: Readonly<Record<string, string>>
}

const name = 'ledger/kit'

/** Where it is kept beside the ledger; copies belong elsewhere. */
const kitFile = (home: string): string => join(home, 'recovery', 'ledger-kit.json')

/** Seals a kit and writes it; gives its text. */
export function writeKit(
  home: string,
  content: KitContent,
  {key, recovery, madeAt}: {key: KeyEncryptionKey; recovery: Kit['recovery']; madeAt: string},
): string {
  const {keyId, sealed} = seal(name, new Secret(JSON.stringify(content)), key)
  const repository = `${content.host.name} (${content.host.address}): ${content.folder}`
  const kit: Kit = {
    ...{format: 'selfhelp-ledger-kit-1', repository, madeAt, keyId},
    ...{sealed: sealed.toString('base64'), recovery},
  }
  const text = `${JSON.stringify(kit, undefined, 2)}\n`
  mkdirSync(join(home, 'recovery'), {recursive: true, mode: 0o700})
  writeWhole(kitFile(home), text)
  return text
}

/** A kit from its text. Throws `Refusal('input-invalid')`. */
export function parseKit(text: string, from: string): Kit {
  try {
    const kit = JSON.parse(text) as Kit
    if (kit.format === 'selfhelp-ledger-kit-1') return kit
  } catch (cause) {
    throw unreadable(from, cause)
  }
  throw unreadable(from)
}

/** The key-encryption keys that a private recovery key opens. Throws `Refusal` `secret-unreadable`, `input-invalid`. */
export function keysByRecovery(kit: Kit, pem: Secret): readonly KeyEncryptionKey[] {
  const key = privateKeyIn(pem)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  for (const sealed of Object.values(kit.recovery)) {
    try {
      const text = privateDecrypt({key, padding, oaepHash: 'sha256'}, Buffer.from(sealed, 'base64')).toString('utf8')
      return keysIn(text)
    } catch {
      // Sealed to another one.
    }
  }
  throw new Refusal('secret-unreadable', 'That recovery key opens nothing of this kit.', {
    facts: {recoveryKeys: Object.keys(kit.recovery)},
    remedies: ['Give the private half of one of these, or --key-file with the key-encryption key itself.'],
  })
}

function privateKeyIn(pem: Secret): KeyObject {
  try {
    return createPrivateKey(pem.expose())
  } catch (cause) {
    throw new Refusal('input-invalid', 'The file of --recovery-key holds no private key in PEM.', {
      cause,
      remedies: ['Give the private half, in PEM and without a passphrase: openssl pkey -in FILE -out recovery.pem'],
    })
  }
}

/** What is in it, with the keys at hand. Throws `Refusal('secret-unreadable')`. */
export function openKit(kit: Kit, keys: readonly KeyEncryptionKey[]): KitContent {
  const key = keys.find(({id}) => id === kit.keyId)
  if (key === undefined)
    throw new Refusal('secret-unreadable', 'The kit does not open with the key-encryption key at hand.', {
      facts: {sealedBy: kit.keyId, given: keys.map(({id}) => id)},
      remedies: ['Take the kit that was written after the last rotation, or the key file of before it.'],
    })
  return JSON.parse(
    open(name, {keyId: kit.keyId, sealed: Buffer.from(kit.sealed, 'base64')}, key).expose(),
  ) as KitContent
}

const largest = 64 * 1024
const elsewhere = /^(?:key-encryption-key|postgres\..*|journal-heads|.*\.lock|.*\.init)$/

/** Small files of the home that nothing else brings back. */
export function homeFiles(home: string): Readonly<Record<string, string>> {
  const names = readdirSync(home, {withFileTypes: true})
    .filter(entry => entry.isFile() && !elsewhere.test(entry.name) && statSync(join(home, entry.name)).size < largest)
    .map(entry => entry.name)
  return Object.fromEntries(names.map(each => [each, readFileSync(join(home, each)).toString('base64')]))
}

/** Puts them back where there is nothing. */
export function putHomeFiles(home: string, files: KitContent['files']): void {
  for (const [each, content] of Object.entries(files)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(each)) continue
    assertNoLink(join(home, each))
    const open = /\.(?:pub|pem)$/.test(each) ? 0o644 : 0o600
    if (statSync(join(home, each), {throwIfNoEntry: false}) === undefined)
      writeWhole(join(home, each), Buffer.from(content, 'base64'), open)
  }
}

function unreadable(file: string, cause?: unknown): Refusal {
  return new Refusal('input-invalid', `${file} is no kit of a ledger.`, {
    cause,
    remedies: ['It is kept as recovery/ledger-kit.json in the home, and beside the backups on their host.'],
  })
}
