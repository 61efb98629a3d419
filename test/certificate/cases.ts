import {execFileSync} from 'node:child_process'
import {checkPrimeSync, createPrivateKey, generatePrimeSync, type KeyObject, randomBytes} from 'node:crypto'
import {mkdirSync, mkdtempSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {asPem, certify, type Made, newKey, type Recipe} from '../support/hierarchy.ts'

export interface Case {
  readonly title: string
  readonly at?: string
  readonly leaf?: Recipe
  readonly leafKey?: keyof typeof keys
  readonly by?: 'self'
  readonly intermediate?: Recipe
  readonly intermediateKey?: keyof typeof keys
  readonly root?: Recipe
  readonly files?: readonly (readonly string[])[]
  readonly as?: string
  readonly keyAs?: string
  readonly password?: string
  /** What is typed instead of the password; null for nothing. */
  readonly typed?: string | null
  readonly for?: string
  readonly contractEnd?: string
  readonly derogation?: string
  readonly used?: string
  readonly public?: boolean
  readonly mostDays?: number
  readonly roots?: readonly string[]
  readonly rootsFile?: string
  readonly refused?: readonly string[]
  readonly noted?: readonly string[]
  readonly derogated?: readonly string[]
  readonly unreadable?: string
}

export const keys = {...newKey, roca, close, smooth}

/** Everything a case may give, by name, and the files it gives. */
export function filesOf(
  given: Case,
  at: Temporal.Instant,
): {folder: string; paths: string[]; root: Made; leaf: Made; roots: string[]} {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const {root, intermediate, leaf} = hierarchyOf(given, at)
  const part = partsOf({given, at, root, intermediate, leaf})
  const paths =
    given.as?.startsWith('pkcs12') === true
      ? [packed(given, folder, {leaf, intermediate})]
      : (given.files ?? [['leaf', 'intermediate'], ['key']]).map((names, place) => {
          const [only = ''] = names
          const path = join(folder, `file-${place}`)
          const write = special[only]
          if (write) write(path, leaf)
          else writeFileSync(path, encoded(given.as, names.map(part)))
          return path
        })
  const rootFile = join(folder, 'roots.pem')
  const trusted = given.roots === undefined ? root.pem : given.roots.map(part).join('')
  writeFileSync(rootFile, given.rootsFile ?? trusted)
  return {folder, paths, root, leaf, roots: given.public || given.roots?.length === 0 ? [] : [rootFile]}
}

function hierarchyOf(given: Case, at: Temporal.Instant): {root: Made; intermediate: Made; leaf: Made} {
  const ca: Recipe = {authority: true, days: 3650, from: -30}
  const root = certify({...ca, subject: 'Test Root', ...given.root}, {key: newKey.p256(), at})
  const between = {key: keys[given.intermediateKey ?? 'p256'](), at, by: root}
  const intermediate = certify({...ca, subject: 'Test Issuing', ...given.intermediate}, between)
  const key = keys[given.leafKey ?? 'p256']()
  const leaf = certify(given.leaf ?? {}, {key, at, ...(given.by === 'self' ? {} : {by: intermediate})})
  return {root, intermediate, leaf}
}

interface Parts {
  readonly given: Case
  readonly at: Temporal.Instant
  readonly root: Made
  readonly intermediate: Made
  readonly leaf: Made
}

/** Files that are no PEM, or none at all. */
const special: Readonly<Record<string, (path: string, leaf: Made) => void>> = {
  huge: (path, leaf) => {
    writeFileSync(path, leaf.pem)
    truncateSync(path, 100 * 1_048_576)
  },
  absent: () => {},
  folder: path => mkdirSync(path),
  picture: path => writeFileSync(path, Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(500)])),
  nothing: path => writeFileSync(path, ''),
  shortDer: (path, leaf) => writeFileSync(path, asPem('CERTIFICATE', leaf.der.subarray(0, 200))),
}

function partsOf({given, at, root, intermediate, leaf}: Parts): (name: string) => string {
  const stranger = () =>
    certify(
      {subject: 'Stranger', authority: true},
      {key: newKey.p256(), at, by: {subject: 'Nobody', key: newKey.p256()}},
    ).pem
  const weak = () =>
    certify(
      {subject: 'Stranger', authority: true, hash: 'sha1'},
      {key: newKey.rsa1024(), at, by: {subject: 'Nobody', key: newKey.p256()}},
    ).pem
  const parts: Record<string, () => string> = {
    leaf: () => leaf.pem,
    intermediate: () => intermediate.pem,
    root: () => root.pem,
    key: () => keyText(leaf.key, given),
    otherKey: () => keyText(newKey.p256(), {title: ''}),
    stranger,
    weakStranger: weak,
    impostor: () => certify({authority: true, subject: 'Test Issuing'}, {key: newKey.p256(), at, by: root}).pem,
    notes: () => 'Bag Attributes\n  friendlyName: Hülfe von ACME\nsubject=CN = help\n\n',
    parameters: () => asPem('EC PARAMETERS', Buffer.from('06082a8648ce3d030107', 'hex')),
    request: () => asPem('CERTIFICATE REQUEST', Buffer.from('3000', 'hex')),
    binary: () => '\u0000\u0001\u0002\n',
    cutOff: () => leaf.pem.slice(0, -60),
    noBase64: () => leaf.pem.replace(/\n(.{4})/, '\n!$1'),
    longDer: () => asPem('CERTIFICATE', Buffer.concat([leaf.der, Buffer.from([5, 0])])),
    crowd: () => Array.from({length: 50}, stranger).join(''),
  }
  return name => parts[name]?.() ?? ''
}

function keyText(key: KeyObject, {keyAs, password = 'unsaid'}: Case): string {
  const passphrase = password
  if (keyAs === 'sec1') return key.export({type: 'sec1', format: 'pem'}).toString()
  if (keyAs === 'pkcs1') return key.export({type: 'pkcs1', format: 'pem'}).toString()
  if (keyAs === 'encrypted')
    return key.export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase}).toString()
  if (keyAs === 'encrypted-pkcs1')
    return key.export({type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase}).toString()
  return key.export({type: 'pkcs8', format: 'pem'}).toString()
}

function encoded(as: string | undefined, parts: readonly string[]): string | Buffer {
  const text = parts.join('')
  if (as === 'crlf') return text.replaceAll('\n', '\r\n')
  if (as === 'bom') return `\uFEFF${text}`
  if (as === 'utf16') return Buffer.from(`\uFEFF${text}`, 'utf16le')
  if (as === 'der') return Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  return text
}

/** OpenSSL packs it, as customers do. */
function packed(
  {as, password = ''}: Case,
  folder: string,
  {leaf, intermediate}: {leaf: Made; intermediate: Made},
): string {
  const [chain, key, out] = ['chain', 'key', 'bundle.p12'].map(name => join(folder, name)) as [string, string, string]
  writeFileSync(chain, leaf.pem + intermediate.pem)
  writeFileSync(key, leaf.key.export({type: 'pkcs8', format: 'pem'}))
  const legacy = ['-legacy', '-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']
  const how = as === 'pkcs12-legacy' ? legacy : []
  execFileSync(
    'openssl',
    ['pkcs12', '-export', '-in', chain, '-inkey', key, '-out', out, '-passout', 'stdin', ...how],
    {
      input: `${password}\n`,
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  )
  if (as === 'pkcs12-cut') truncateSync(out, 500)
  if (as === 'pkcs12-rounds') writeFileSync(out, endlessRounds)
  return out
}

/** The outside of a PFX whose MAC asks for 2^31 rounds. */
const endlessRounds = Buffer.from(
  '304a020103300f06092a864886f70d010701a0020400' +
    '3034301f300706052b0e03021a0414' +
    '00'.repeat(20) +
    '0408' +
    '00'.repeat(8) +
    '02047fffffff',
  'hex',
)

/** A key as the faulty library of Infineon made it: primes of the form k·M + (65537^a mod M). */
function roca(): KeyObject {
  const m = primes(167).reduce((product, prime) => product * prime, 1n)
  const one = () => {
    for (;;) {
      const upper = (3n << 1022n) + (number(randomBytes(127)) >> 2n)
      const prime = (upper / m) * m + power(65537n, number(randomBytes(8)), m)
      if (checkPrimeSync(prime)) return prime
    }
  }
  return rsaOf(one(), one())
}

/** Two primes next to each other. */
function close(): KeyObject {
  const p = generatePrimeSync(1024, {bigint: true})
  let q = p + 2n
  while (!checkPrimeSync(q)) q += 2n
  return rsaOf(p, q)
}

/** The other factor need be no prime: nobody computes with it. */
function smooth(): KeyObject {
  return rsaOf(739n, (1n << 2043n) | number(randomBytes(250)) | 1n)
}

function rsaOf(p: bigint, q: bigint): KeyObject {
  const e = 65537n
  const d = inverse(e, (p - 1n) * (q - 1n))
  const word = (value: bigint) => {
    const hex = value.toString(16)
    return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
  }
  const key = {kty: 'RSA', n: word(p * q), e: word(e), d: word(d), p: word(p), q: word(q)}
  const rest = {dp: word(d % (p - 1n)), dq: word(d % (q - 1n)), qi: word(inverse(q, p))}
  return createPrivateKey({key: {...key, ...rest}, format: 'jwk'})
}

function primes(end: number): bigint[] {
  const all = Array.from({length: end - 1}, (_, at) => at + 2)
  return all.filter(n => all.every(d => d >= n || n % d !== 0)).map(BigInt)
}

const number = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, rest] = [1n, base % modulus, exponent]
  for (; rest > 0n; rest >>= 1n, square = (square * square) % modulus)
    if (rest & 1n) result = (result * square) % modulus
  return result
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n]
  while (b > 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}

export const defaultAt = Temporal.Instant.from('2026-11-22T12:00:00Z')
