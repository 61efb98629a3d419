import {generateKeyPairSync, randomBytes} from 'node:crypto'
import {Secret} from './secret.ts'

/** A new Ed25519 key for SSH. */
export interface SshKey {
  /** As OpenSSH's private key file. */
  readonly privateKey: Secret
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
}

/** Makes a key without it ever lying in a file. */
export function newSshKey(comment: string): SshKey {
  const {x, d} = generateKeyPairSync('ed25519').privateKey.export({format: 'jwk'})
  const [publicPart, seed] = [Buffer.from(x ?? '', 'base64url'), Buffer.from(d ?? '', 'base64url')]
  const blob = Buffer.concat([string('ssh-ed25519'), string(publicPart)])
  const check = randomBytes(4)
  const pair = [string('ssh-ed25519'), string(publicPart), string(Buffer.concat([seed, publicPart])), string(comment)]
  const inner = Buffer.concat([check, check, ...pair])
  // Padded to the cipher's block with 1, 2, 3, …
  const padding = Buffer.from(Array.from({length: (8 - (inner.length % 8)) % 8}, (_, at) => at + 1))
  const head = [Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), uint32(1), string(blob)]
  const file = Buffer.concat([...head, string(Buffer.concat([inner, padding]))])
  const lines = file.toString('base64').match(/.{1,70}/g) ?? []
  const text = ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
  return {privateKey: new Secret(text), publicKey: `ssh-ed25519 ${blob.toString('base64')}`}
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}
