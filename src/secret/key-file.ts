import {createHash, randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Refusal} from '../error.ts'
import type {KeyEncryptionKey} from './envelope.ts'
import {readPrivateFile, writeWhole} from './private-file.ts'
import {Secret} from './secret.ts'

/** Where the key-encryption key lies: `SELFHELP_KEY_FILE`, else in the home. */
export function keyFileOf(home: string, env: NodeJS.ProcessEnv): string {
  return env.SELFHELP_KEY_FILE || join(home, 'key-encryption-key')
}

/** A new key; its id is the beginning of its hash. */
export function newKey(): KeyEncryptionKey {
  return keyOf(randomBytes(32))
}

/**
 * The keys of a key file, the one to seal with first; a second stands there only while a rotation is under way.
 * Refusals `secret-key-missing`, `file-exposed`, `input-invalid`.
 */
export function readKeys(file: string): KeyEncryptionKey[] {
  if (!existsSync(file))
    throw new Refusal('secret-key-missing', `The key-encryption key ${file} is not there; no secret can be opened.`, {
      remedies: [
        'Set SELFHELP_KEY_FILE to where it lies.',
        'If it is lost, open its sealed copy with a recovery key: docs/decisions/secrets.md.',
      ],
    })
  return keysIn(readPrivateFile(file), file)
}

/** The keys that the text of a key file says. Refusal `input-invalid`. */
export function keysIn(text: string, from = 'That'): KeyEncryptionKey[] {
  const lines = text.split('\n').filter(Boolean)
  const keys = lines.map(line => Buffer.from(line, 'base64'))
  if (keys.length === 0 || keys.some(key => key.length !== 32))
    throw new Refusal('input-invalid', `${from} is not a key file: a line of 32 bytes in base64 was expected.`)
  return keys.map(keyOf)
}

/** Replaces the keys of a key file in one step; the first seals. */
export function writeKeys(file: string, keys: readonly KeyEncryptionKey[]): void {
  writeWhole(file, textOf(keys))
}

/** What the key file says; this is also what recovery keys seal. */
export function textOf(keys: readonly KeyEncryptionKey[]): string {
  return keys.map(({key}) => `${key.expose().toString('base64')}\n`).join('')
}

function keyOf(key: Buffer): KeyEncryptionKey {
  return {id: createHash('sha256').update('kek').update(key).digest('hex').slice(0, 16), key: new Secret(key)}
}
