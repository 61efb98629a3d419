import {createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject} from 'node:crypto'
import {Secret} from '../secret/secret.ts'
import type {Shelf} from './shelf.ts'

const name = 'release-signing-key'
const accepted = 'release-public-keys'

/** The key our own releases are signed with; made at the first call, and accepted. */
export async function signingKey({secrets}: Pick<Shelf, 'secrets'>): Promise<KeyObject> {
  const known = await secrets.get(name)
  const key = known ? createPrivateKey(known.expose()) : generateKeyPairSync('ed25519').privateKey
  if (!known) await secrets.put(name, new Secret(key.export({type: 'pkcs8', format: 'pem'}) as string))
  await acceptKey({secrets}, createPublicKey(key))
  return key
}

/** Every key whose releases are accepted; sealed, so that only this control plane names them. */
export async function acceptedKeys({secrets}: Pick<Shelf, 'secrets'>): Promise<readonly KeyObject[]> {
  return (await pems(secrets)).map(pem => createPublicKey(pem))
}

/** From now on releases of this key are accepted. */
export async function acceptKey({secrets}: Pick<Shelf, 'secrets'>, key: KeyObject): Promise<void> {
  const known = await pems(secrets)
  const pem = pemOf(key)
  if (!known.includes(pem)) await secrets.put(accepted, new Secret([...known, pem].join('')))
}

async function pems(secrets: Shelf['secrets']): Promise<readonly string[]> {
  return (
    (await secrets.get(accepted))?.expose().match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----\n/g) ?? []
  )
}

/** A public key as hosts and people read it. */
export function pemOf(key: KeyObject): string {
  return key.export({type: 'spki', format: 'pem'}) as string
}
