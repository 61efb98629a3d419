import {constants, createHash, createPublicKey, type KeyObject, publicEncrypt} from 'node:crypto'
import {Refusal} from '../error.ts'
import type {KeyEncryptionKey} from './envelope.ts'
import {textOf} from './key-file.ts'

/** A public key whose private half lies in a safe: it opens the key-encryption key when all else is lost. */
export interface RecoveryKey {
  readonly fingerprint: string
  readonly pem: string
}

/** Reads an RSA public key of 3072 bits or more in PEM; a Refusal otherwise. */
export function recoveryKey(pem: string, from: string): RecoveryKey {
  const key = parse(pem, from)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa' || bits < 3072)
    throw new Refusal('input-invalid', `The recovery key ${from} is ${key.asymmetricKeyType} of ${bits} bits.`, {
      facts: {expected: 'RSA, 3072 bits or more'},
      remedies: makeOne,
    })
  const der = key.export({type: 'spki', format: 'der'})
  const fingerprint = createHash('sha256').update(der).digest('hex').slice(0, 16)
  return {fingerprint, pem: key.export({type: 'spki', format: 'pem'}).toString()}
}

/**
 * The key file's content, sealed so that only the private half opens it (RSA-OAEP with SHA-256):
 * `openssl pkeyutl -decrypt -inkey recovery.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -in FILE`.
 */
export function sealForRecovery(kek: KeyEncryptionKey, to: RecoveryKey): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return publicEncrypt({key: to.pem, padding, oaepHash: 'sha256'}, Buffer.from(textOf([kek])))
}

const makeOne = [
  'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out recovery.pem',
  'openssl pkey -in recovery.pem -pubout -out recovery.pub.pem',
]

function parse(pem: string, from: string): KeyObject {
  if (pem.includes('PRIVATE KEY'))
    throw new Refusal('input-invalid', `${from} is a private key: it belongs in a safe, only its public half here.`, {
      remedies: makeOne.slice(1),
    })
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw new Refusal('input-invalid', `${from} is not a public key in PEM.`, {remedies: makeOne, cause})
  }
}
