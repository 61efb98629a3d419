import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Refusal} from '../error.ts'
import {Secret} from '../secret/secret.ts'

/** The control plane's own key to hosts. */
export interface ControlKey {
  readonly key: Secret
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
}

/** Where it lies, readable by its owner only. */
export const controlKeyPath = (home: string): string => join(home, 'control-plane-key')

/** The key, made when there is none yet. */
export async function ensureControlKey(home: string): Promise<ControlKey> {
  const path = controlKeyPath(home)
  if (!existsSync(path)) {
    const {generateKeyPairSync} = (await import('ssh2')).default.utils
    const pair = generateKeyPairSync('ed25519', {comment: 'selfhelp-control-plane'})
    writeFileSync(`${path}.pub`, `${pair.public}\n`, {mode: 0o644})
    writeFileSync(path, pair.private, {mode: 0o600, flag: 'wx'})
  }
  return readControlKey(home)
}

/** The key. Throws `Refusal('home-unusable')` when it was never made. */
export function readControlKey(home: string): ControlKey {
  const path = controlKeyPath(home)
  if (!existsSync(path))
    throw new Refusal('home-unusable', `The control plane's key ${path} is not there.`, {remedies: ['selfhelp init']})
  const [type = '', blob = ''] = readFileSync(`${path}.pub`, 'utf8').trim().split(/\s+/)
  return {key: new Secret(readFileSync(path, 'utf8')), publicKey: `${type} ${blob}`}
}
