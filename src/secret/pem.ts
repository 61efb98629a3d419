import {Secret} from './secret.ts'

/** A chain and its key in one PEM text, as servers and people read them. */
export function withKey(chain: string, key: Secret | undefined): Secret {
  return new Secret(`${chain.trimEnd()}\n${key?.expose() ?? ''}`)
}
