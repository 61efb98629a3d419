import type {KeyObject} from 'node:crypto'
import type {CertificateFinding} from './model.ts'
import {type Certificate, called, keyShown} from './read.ts'
import {found} from './rule.ts'

/** What is weak about a certificate's own key (CA/B Forum BR §6.1.5 and §6.1.6). */
export function keyFindings(certificate: Certificate): CertificateFinding[] {
  const {key} = certificate
  const subject = called(certificate)
  if (!allowed(key)) {
    return [found('key-kind', subject, `Its key is ${keyShown(key)}, which may not be served.`)]
  }
  if (key.asymmetricKeyType !== 'rsa') return []
  const {n, e} = numbersOf(key)
  const {small, roca, close} = {small: smallFactor(n), roca: isRoca(n), close: hasClosePrimes(n)}
  return [
    ...(e < 65537n || e % 2n === 0n ? [found('key-exponent', subject, `The exponent of its RSA key is ${e}.`)] : []),
    ...(small === undefined ? [] : [found('key-small-factor', subject, `Its RSA key is divisible by ${small}.`)]),
    ...(roca ? [found('key-roca', subject, 'Its RSA key was made by a faulty Infineon library (ROCA).')] : []),
    ...(close
      ? [found('key-close-primes', subject, 'The primes of its RSA key lie so close that Fermat finds them.')]
      : []),
  ]
}

/** What is weak about how a certificate is signed; a root's own signature protects nothing. */
export function signatureFindings(certificate: Certificate): CertificateFinding[] {
  const {algorithm, parameters} = certificate.signature
  const strong = algorithm === pss ? strongHashes.some(hash => parameters.includes(hash)) : algorithm in signatures
  if (strong) return []
  const named = weakSignatures[algorithm] ?? algorithm
  return [found('signature-weak', called(certificate), `It is signed with ${named}, not with SHA-2.`)]
}

function allowed(key: KeyObject): boolean {
  const {modulusLength = 0, namedCurve} = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= 2048 && modulusLength <= 8192
  if (key.asymmetricKeyType === 'ec') return namedCurve === 'prime256v1' || namedCurve === 'secp384r1'
  return key.asymmetricKeyType === 'ed25519'
}

function numbersOf(key: KeyObject): {n: bigint; e: bigint} {
  const {n = '', e = ''} = key.export({format: 'jwk'})
  const number = (word: string) => BigInt(`0x${Buffer.from(word, 'base64url').toString('hex') || '0'}`)
  return {n: number(n), e: number(e)}
}

const smallPrimes = primesBelow(752)

function primesBelow(end: number): readonly bigint[] {
  const isPrime = (n: number) =>
    !Array.from({length: Math.floor(Math.sqrt(n)) - 1}, (_, at) => at + 2).some(d => n % d === 0)
  return Array.from({length: end - 2}, (_, at) => at + 2)
    .filter(isPrime)
    .map(BigInt)
}

/** A prime up to 751, as the Baseline Requirements ask to look for. */
function smallFactor(n: bigint): bigint | undefined {
  return smallPrimes.find(prime => n % prime === 0n)
}

/** ROCA: modulo each of these primes, such a key is a power of 65537, which chance gives once in 2^27. */
function isRoca(n: bigint): boolean {
  return smallPrimes
    .filter(prime => prime > 2n && prime <= 167n)
    .every(prime => {
      for (let power = 1n, at = 0n; at < prime; at++, power = (power * 65537n) % prime) {
        if (power === n % prime) return true
      }
      return false
    })
}

const fermatRounds = 100

/** Fermat's factorization finds the primes in so few rounds only when they are close together. */
function hasClosePrimes(n: bigint): boolean {
  if (n % 2n === 0n) return false
  let a = root(n)
  if (a * a < n) a++
  for (let round = 0; round < fermatRounds; round++, a++) {
    const rest = a * a - n
    const b = root(rest)
    if (b * b === rest) return true
  }
  return false
}

/** Integer square root, by Newton. */
function root(n: bigint): bigint {
  if (n < 2n) return n
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (let y = (x + n / x) >> 1n; y < x; y = (x + n / x) >> 1n) x = y
  return x
}

const pss = '1.2.840.113549.1.1.10'

const signatures: Readonly<Record<string, true>> = {
  '1.2.840.113549.1.1.11': true,
  '1.2.840.113549.1.1.12': true,
  '1.2.840.113549.1.1.13': true,
  '1.2.840.10045.4.3.2': true,
  '1.2.840.10045.4.3.3': true,
  '1.2.840.10045.4.3.4': true,
  '1.3.101.112': true,
}

const weakSignatures: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.2.840.10040.4.3': 'DSA and SHA-1',
  [pss]: 'RSASSA-PSS and SHA-1',
}

/** Object identifiers of SHA-256, SHA-384 and SHA-512 as they stand in DER. */
const strongHashes = [1, 2, 3].map(last =>
  Buffer.from([0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last]),
)
