import {createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify} from 'node:crypto'

/**
 * SSH signatures (PROTOCOL.sshsig of OpenSSH) with unencrypted Ed25519 keys, made here because a process for each
 * costs more than the rest of a command. Any other key goes through ssh-keygen, which also checks what we make.
 */
export interface Ed25519Key {
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string
  readonly key: KeyObject
}

/** Reads an OpenSSH private key file; undefined when it is encrypted or of another kind. */
export function parseEd25519(text: string): Ed25519Key | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1]
  if (!body) return undefined
  const file = reader(Buffer.from(body, 'base64'))
  if (file.take(15).toString('latin1') !== 'openssh-key-v1\0') return undefined
  const [cipher] = [file.string().toString(), file.string(), file.string()]
  if (cipher !== 'none' || file.number() !== 1) return undefined
  const blob = file.string()
  const inner = reader(file.string())
  inner.take(8)
  if (inner.string().toString() !== 'ssh-ed25519') return undefined
  const x = inner.string().toString('base64url')
  const d = inner.string().subarray(0, 32).toString('base64url')
  const key = createPrivateKey({key: {kty: 'OKP', crv: 'Ed25519', d, x}, format: 'jwk'})
  return {publicKey: `ssh-ed25519 ${blob.toString('base64')}`, key}
}

/** Signs a message as `ssh-keygen -Y sign -n NAMESPACE` does. */
export function signEd25519(message: string, {publicKey, key}: Ed25519Key, namespace: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  const signature = Buffer.concat([string('ssh-ed25519'), string(sign(null, signedData(message, namespace), key))])
  const parts = [magic, uint32(1), string(blob), string(namespace), string(''), string('sha512'), string(signature)]
  const lines =
    Buffer.concat(parts)
      .toString('base64')
      .match(/.{1,70}/g) ?? []
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n')
}

/** True when the signature is of this message, by this key, for this namespace. */
export function verifyEd25519(message: string, armoured: string, {publicKey, namespace}: By): boolean {
  try {
    const body = /-----BEGIN SSH SIGNATURE-----([\s\S]+?)-----END SSH SIGNATURE-----/.exec(armoured)?.[1] ?? ''
    const read = reader(Buffer.from(body, 'base64'))
    if (!read.take(6).equals(magic) || read.number() !== 1) return false
    const blob = read.string()
    const [space, , hash] = [read.string().toString(), read.string(), read.string().toString()]
    const signature = reader(read.string())
    if (signature.string().toString() !== 'ssh-ed25519' || space !== namespace) return false
    if (blob.toString('base64') !== publicKey.split(' ')[1]) return false
    return verify(null, signedData(message, namespace, hash), publicKeyOf(blob), signature.string())
  } catch {
    return false
  }
}

interface By {
  readonly publicKey: string
  readonly namespace: string
}

const magic = Buffer.from('SSHSIG')

function signedData(message: string, namespace: string, hash = 'sha512'): Buffer {
  if (hash !== 'sha512' && hash !== 'sha256') throw new TypeError(`unknown hash ${hash}`)
  const digest = createHash(hash).update(message).digest()
  return Buffer.concat([magic, string(namespace), string(''), string(hash), string(digest)])
}

function publicKeyOf(blob: Buffer): KeyObject {
  const x = blob.subarray(-32).toString('base64url')
  return createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'})
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

function reader(bytes: Buffer) {
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('the key or signature ends too early')
    at += length
    return bytes.subarray(at - length, at)
  }
  const number = () => take(4).readUInt32BE()
  return {take, number, string: () => take(number())}
}
