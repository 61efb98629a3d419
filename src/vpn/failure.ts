/** What is wrong in a tunnel, from the outside in. */
export const layers = [
  'gateway',
  'configuration',
  'reach',
  'proposal',
  'authentication',
  'identity',
  'certificate',
  'selectors',
  'keys',
  'traffic',
  'server',
] as const
export type Layer = (typeof layers)[number]

/** Whose end it probably is. */
export type Side = 'ours' | 'theirs' | 'between' | 'both'

export interface Fault {
  readonly layer: Layer
  readonly side: Side
  /** For the one who calls the customer. */
  readonly sentence: string
}

interface Row extends Fault {
  /** In what charon wrote (strongSwan 5.9.8), each seen at a peer that was really set up so. */
  readonly says: RegExp
  /** It does not say why. */
  readonly vague?: true
}

/** What charon writes and what it means; the first row that fits the newest telling line counts. */
export const failures: readonly Row[] = [
  row(
    /tried \d+ shared keys? for .* but MAC mismatched/,
    'authentication',
    'both',
    'The shared keys differ: their device proved another one. Hand the key over again (selfhelp vpn key).',
  ),
  row(
    /certificate was revoked on|is revoked|revocation check failed/,
    'certificate',
    'theirs',
    'Their certificate has been revoked by their own authority: they need a new one.',
  ),
  row(
    /no issuer certificate found for|no trusted \S+ public key found for|certificate path validation failed|issuer is /,
    'certificate',
    'theirs',
    'Their certificate comes from another authority than was agreed.',
  ),
  row(
    /constraint check failed: peer not authenticated with peer cert/,
    'certificate',
    'theirs',
    'Their device shows another certificate than the one that was handed over last (selfhelp vpn key).',
  ),
  row(
    /subject certificate invalid|certificate is (?:expired|not yet valid)|valid from .* to .*/,
    'certificate',
    'theirs',
    'Their certificate is out of date.',
  ),
  row(
    /constraint check failed: identity|IDir '.*' does not match|remote host is behind a wrong identity|peer requested identity/,
    'identity',
    'theirs',
    'Their device shows another identity than was agreed.',
  ),
  row(
    /no matching peer config found/,
    'identity',
    'theirs',
    'Their device calls with an identity, or for one of ours, that was not agreed.',
  ),
  row(
    /received TS_UNACCEPTABLE notify|traffic selectors .* unacceptable|no acceptable traffic selectors found/,
    'selectors',
    'theirs',
    'Their traffic selectors are not those of the sheet: the networks of both sides must be exactly the same.',
  ),
  row(
    /received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built|no acceptable ESP proposal|CHILD_SA .*no proposal chosen/i,
    'proposal',
    'theirs',
    'Their device takes none of our phase 2 (ESP) proposals: encryption, integrity or the group for perfect forward secrecy differ.',
  ),
  row(
    /received NO_PROPOSAL_CHOSEN notify error|received proposals unacceptable|received INVALID_KE_PAYLOAD notify error/,
    'proposal',
    'theirs',
    'Their device takes none of our phase 1 (IKE) proposals, or does not know our address: compare phase 1 of the sheet.',
  ),
  {
    ...row(
      /received AUTHENTICATION_FAILED notify error/,
      'authentication',
      'theirs',
      'Their device refuses our key, certificate or identity: it has another shared key, authority or remote identity than the sheet says.',
    ),
    vague: true,
  },
  row(
    /giving up after \d+ retransmits|retransmit \d+ of request|establishing IKE_SA failed, peer not responding/,
    'reach',
    'between',
    'Their device does not answer: it is down, another address, or UDP 500 and 4500 are closed on the way.',
  ),
  row(
    /error writing to socket|Network is unreachable|unable to resolve/,
    'reach',
    'ours',
    'Our gateway finds no way to their device.',
  ),
]

/** What a rekeying that failed says while the old keys still carry traffic. */
export const rekeyFailures: readonly Row[] = [
  row(
    /CHILD_SA rekeying failed|received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built|received INVALID_KE_PAYLOAD/,
    'keys',
    'theirs',
    'New traffic keys cannot be agreed: their group for perfect forward secrecy is another. Traffic stops when the keys end.',
  ),
]

function row(...[says, layer, side, sentence]: [RegExp, Layer, Side, string]): Row {
  return {says, layer, side, sentence}
}
