import {Refusal} from '../error.ts'
import {fingerprintOf, parseFingerprint, parseHostKey} from './fingerprint.ts'
import type {Ways} from './ways.ts'

/** What was typed about the key a host must show. */
export interface KeyTyped {
  readonly name: string
  readonly address: string
  readonly hostKey?: string | undefined
  readonly fingerprint?: string | undefined
}

/** Shows a fingerprint to a person and gives back what was typed. Refuses where there is nobody to ask. */
export type AskFingerprint = (shown: string) => Promise<string>

/**
 * The key to pin: as given, or the one that answers when its fingerprint was given or typed back; never unseen.
 * Throws `Refusal` `input-invalid`, `host-key-changed` (another fingerprint answers) or `confirmation-missing`.
 */
export async function keyToPin(typed: KeyTyped, ways: Pick<Ways, 'presented'>, ask: AskFingerprint): Promise<string> {
  if (typed.hostKey !== undefined) return parseHostKey(typed.hostKey)
  const expected = typed.fingerprint === undefined ? undefined : parseFingerprint(typed.fingerprint)
  const key = await ways.presented(typed.address)
  const found = fingerprintOf(key)
  if (expected === undefined) {
    const said = await ask(found)
    if (said.trim() !== found) throw notTyped(typed.name, found)
  } else if (expected !== found) throw another(typed.name, expected, found)
  return key
}

function another(name: string, expected: string, found: string): Refusal {
  return new Refusal(
    'host-key-changed',
    `${name} answers with the key ${found}, given was ${expected}; nothing was sent.`,
    {
      facts: {host: name, expected, found},
      remedies: ['Read it on the machine itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'],
    },
  )
}

function notTyped(name: string, found: string): Refusal {
  return new Refusal('confirmation-missing', `The fingerprint of ${name} was not typed back; nothing was sent to it.`, {
    facts: {host: name, found},
    remedies: [`--host-key-fingerprint ${found}, if that is what the machine itself shows`],
  })
}
