import type {CertificateFinding} from './model.ts'

const bundleOf = 'Give the certificate, its intermediates and its key, and nothing else.'
const anew = 'Have it issued anew.'

/** Every rule a certificate is judged by: where it stands, and what to do about it. */
export const rules = {
  'ca-lifetime': ['CA/B Forum BR §6.3.2, SC-081v3', 'Have it issued for less time; browsers refuse it as it is.'],
  'certificate-unreadable': ['RFC 5280 §4.1', bundleOf],
  'chain-incomplete': ['R028', 'Add the missing certificate of the issuer, as the authority publishes it.'],
  'chain-ends-first': ['R030', 'Have it issued below an authority that lives longer.'],
  'chain-invalid-now': ['R028, RFC 5280 §6.1.3', 'Use the current certificate of the issuer.'],
  'contract-lifetime': ['R028', 'Have it issued for less time, as the contract says (options.certificateDays).'],
  'contract-not-covered': [
    'R030',
    'Have it issued for longer, or name who answers for its renewal: --derogation OWNER.',
  ],
  'critical-unknown': ['RFC 5280 §4.2', 'Have it issued without this extension, or with it not critical.'],
  'extension-twice': ['RFC 5280 §4.2', anew],
  'extra-certificate': ['R028', bundleOf],
  'extra-key': ['R028', bundleOf],
  'extra-rubbish': ['RFC 7468 §2', bundleOf],
  'extra-weak': ['R028', 'Leave it out; it is not served.'],
  expired: ['R028, RFC 5280 §4.1.2.5', 'Give the one that is valid now.'],
  'issuer-not-authority': ['RFC 5280 §4.2.1.9', 'Have it issued by an authority.'],
  'key-exponent': ['CA/B Forum BR §6.1.6', 'Make a new key with exponent 65537, and have it certified.'],
  'key-kind': ['R028, CA/B Forum BR §6.1.5', 'Make a new key: RSA of 2048 bits or more, P-256, P-384 or Ed25519.'],
  'key-missing': ['R028', 'Give the private key with --key FILE.'],
  'key-mismatch': ['R028', 'Give the key that the certificate was asked for with.'],
  'key-roca': [
    'CVE-2017-15361',
    'Make a new key with other software, and have it certified; this one can be computed.',
  ],
  'key-close-primes': [
    'CVE-2022-26320',
    'Make a new key with other software, and have it certified; this one can be computed.',
  ],
  'key-small-factor': ['CA/B Forum BR §6.1.6', 'Make a new key with other software, and have it certified.'],
  'key-usage': ['RFC 5280 §4.2.1.3', 'Have it issued for digital signatures.'],
  'key-used-elsewhere': ['R028', 'Make a new key for this customer, and have it certified.'],
  'leaf-is-authority': ['RFC 5280 §4.2.1.9', 'Have it issued as a server certificate.'],
  'name-constrained': ['RFC 5280 §4.2.1.10', 'Have it issued by an authority that may certify this name.'],
  'name-not-covered': ['R028, RFC 9525 §6.3', 'Have it issued with this name among its DNS names.'],
  'not-for-servers': ['RFC 5280 §4.2.1.12', 'Have it issued for TLS servers (serverAuth).'],
  'not-yet-valid': ['R028, RFC 5280 §4.1.2.5', 'Install it when it is valid, or look at the clock.'],
  'order-mended': ['RFC 8446 §4.4.2', 'Nothing to do: it is served in the right order.'],
  'path-too-long': ['RFC 5280 §4.2.1.9', 'Have it issued below an authority that may have sub-authorities.'],
  revoked: ['RFC 5280 §5, RFC 6960', 'Have it issued anew with a new key.'],
  'revocation-unknown': ['RFC 6960, RFC 5280 §5', 'Try again; if it stays so, ask the authority.'],
  'root-included': ['RFC 8446 §4.4.2', 'Nothing to do: the root is not served.'],
  'root-unknown': ['R028, R029', 'Use an authority that browsers trust, or give its root with --root FILE.'],
  'self-signed': ['R029', 'Have it issued by an authority.'],
  'signature-weak': ['R028, CA/B Forum BR §7.1.3', 'Have it issued with a signature of SHA-256 or better.'],
  'signature-wrong': ['RFC 5280 §6.1.3', 'Give the certificate of the issuer that really signed it.'],
  'staple-impossible': ['RFC 7633', 'Have it issued with the address of its responder, or without must-staple.'],
} as const satisfies Record<string, readonly [source: string, remedy: string]>

export type Rule = keyof typeof rules

/** A finding that makes it unfit. */
export function found(rule: Rule, subject: string, sentence: string): CertificateFinding {
  const [source, remedy] = rules[rule]
  return {rule, source, severity: 'refused', subject, sentence, remedy}
}

/** One that is worth knowing and nothing more. */
export function noted(rule: Rule, subject: string, sentence: string): CertificateFinding {
  return {...found(rule, subject, sentence), severity: 'noted'}
}
