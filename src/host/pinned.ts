import {Refusal} from '../error.ts'
import type {Anchors} from '../ledger/anchor.ts'
import {fingerprintOf} from './fingerprint.ts'
import type {Door} from './ways.ts'

type Pinned = Pick<Door, 'name' | 'hostKey'>

/** From now on this key of this host is known to have been pinned by us. */
export async function anchorPin(anchors: Anchors, {name, hostKey}: Pinned): Promise<void> {
  await anchors.put('host', name, {name, hostKey})
}

/** Throws `Refusal('host-key-changed')` when somebody who can write to the ledger put another key there. */
export async function assertPinned(anchors: Pick<Anchors, 'holds'>, {name, hostKey}: Pinned): Promise<void> {
  if (await anchors.holds('host', name, {name, hostKey})) return
  const found = fingerprintOf(hostKey)
  throw new Refusal(
    'host-key-changed',
    `The ledger's key of ${name} (${found}) was not pinned by us; nothing was sent.`,
    {
      facts: {host: name, found},
      remedies: [
        'After an update from a version without anchors: selfhelp init',
        'Find out who changed it: selfhelp journal verify',
        `selfhelp host repin ${name}`,
      ],
    },
  )
}
