import {createCipheriv, createDecipheriv, randomBytes} from 'node:crypto'
import {Refusal} from '../error.ts'
import {Secret} from './secret.ts'

/** A key that seals data keys; which one sealed a value is known by its id. */
export interface KeyEncryptionKey {
  readonly id: string
  readonly key: Secret<Buffer>
}

/** What may be stored: it opens nothing without the key of that id. */
export interface Sealed {
  readonly keyId: string
  readonly sealed: Buffer
}

const wrapped = 12 + 32 + 16

/** Seals a value under its name: a data key of its own (AES-256-GCM), itself sealed by the key-encryption key. */
export function seal(name: string, value: Secret, kek: KeyEncryptionKey): Sealed {
  const dataKey = randomBytes(32)
  const content = encrypt(Buffer.from(value.expose(), 'utf8'), dataKey, name)
  return {keyId: kek.id, sealed: Buffer.concat([wrap(name, dataKey, kek), content])}
}

/** Opens what `seal` made under this name; a Refusal `secret-unreadable` when it was altered, moved or sealed by another key. */
export function open(name: string, value: Sealed, kek: KeyEncryptionKey): Secret {
  try {
    const dataKey = unwrap(name, value.sealed, kek)
    return new Secret(decrypt(value.sealed.subarray(wrapped), dataKey, name).toString('utf8'))
  } catch (cause) {
    throw unreadable(name, value.keyId, cause)
  }
}

/** The same value under another key-encryption key; its content is not opened. */
export function reseal(value: Sealed & {name: string}, from: KeyEncryptionKey, to: KeyEncryptionKey): Sealed {
  const {name} = value
  try {
    const dataKey = unwrap(name, value.sealed, from)
    return {keyId: to.id, sealed: Buffer.concat([wrap(name, dataKey, to), value.sealed.subarray(wrapped)])}
  } catch (cause) {
    throw unreadable(name, value.keyId, cause)
  }
}

/** No key here opens that secret. */
export function unreadable(name: string, keyId: string, cause?: unknown): Refusal {
  return new Refusal('secret-unreadable', `The secret ${name} does not open with the key-encryption key at hand.`, {
    facts: {keyId},
    remedies: [
      'Set SELFHELP_KEY_FILE to the key file of this ledger.',
      'If it is lost, open its sealed copy with a recovery key: docs/decisions/secrets.md.',
    ],
    cause,
  })
}

function wrap(name: string, dataKey: Buffer, kek: KeyEncryptionKey): Buffer {
  return encrypt(dataKey, kek.key.expose(), `${kek.id}\0${name}`)
}

function unwrap(name: string, sealed: Buffer, kek: KeyEncryptionKey): Buffer {
  return decrypt(sealed.subarray(0, wrapped), kek.key.expose(), `${kek.id}\0${name}`)
}

function encrypt(plain: Buffer, key: Buffer, associated: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(sealed: Buffer, key: Buffer, associated: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), {authTagLength: 16})
  decipher.setAAD(Buffer.from(associated)).setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
}
