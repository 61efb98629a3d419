import {createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject} from 'node:crypto'
import type {Queries} from '../ledger/ledger.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import {Secret} from '../secret/secret.ts'
import type {Shelf} from './shelf.ts'

const name = 'release-signing-key'

/** The key our own releases are signed with; made at the first call, and accepted from then on. */
export async function signingKey({ledger, secrets}: Pick<Shelf, 'ledger' | 'secrets'>): Promise<KeyObject> {
  const known = await secrets.get(name)
  if (known) return createPrivateKey(known.expose())
  const {privateKey, publicKey} = generateKeyPairSync('ed25519')
  await secrets.put(name, new Secret(privateKey.export({type: 'pkcs8', format: 'pem'}) as string))
  await acceptKey(ledger, publicKey)
  return privateKey
}

/** Every key whose releases are accepted. */
export async function acceptedKeys(ledger: Queries): Promise<readonly KeyObject[]> {
  return ((await setting(ledger, 'release-public-keys')) ?? []).map(pem => createPublicKey(pem))
}

/** From now on releases of this key are accepted. */
export async function acceptKey(ledger: Queries, key: KeyObject): Promise<void> {
  const known = (await setting(ledger, 'release-public-keys')) ?? []
  const pem = pemOf(key)
  if (!known.includes(pem)) await putSetting(ledger, 'release-public-keys', [...known, pem])
}

/** A public key as hosts and people read it. */
export function pemOf(key: KeyObject): string {
  return key.export({type: 'spki', format: 'pem'}) as string
}
