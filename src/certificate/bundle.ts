import {createPrivateKey, type KeyObject} from 'node:crypto'
import {Refusal} from '../error.ts'
import type {Secret} from '../secret/secret.ts'
import {Effort} from './kdf.ts'
import type {CertificateFinding} from './model.ts'
import {type Block, looksLikePem, readPem} from './pem.ts'
import {type Certificate, called, publicKeyFingerprint, readCertificate} from './read.ts'
import {found, noted} from './rule.ts'

/** A file as it was given. */
export interface GivenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What was given, sorted out. */
export interface Bundle {
  /** The one for the server. */
  readonly leaf: Certificate
  /** Every other, in the order given, each once. */
  readonly others: readonly Certificate[]
  /** The private key of the leaf; the first given when none fits. */
  readonly key: KeyObject | undefined
  /** About the reading itself. */
  readonly findings: readonly CertificateFinding[]
}

/** No certificate and no chain needs more. */
const mostCertificates = 50
/** With keys, parameters and notes. */
const mostBlocks = 60

/**
 * Reads PEM in any order, bundled or split, DER and PKCS#12. Throws `Refusal('input-invalid')` with everything that could
 * not be read at all.
 */
export async function readBundle(files: readonly GivenFile[], password?: Secret): Promise<Bundle> {
  const parts: Part[] = []
  const opening = {password, effort: new Effort()}
  for (const file of files) parts.push(...(await partsOf(file, opening)))
  const problems = parts.flatMap(part => ('problem' in part ? [part.problem] : []))
  const certificates = once(parts.flatMap(part => ('certificate' in part ? [part.certificate] : [])))
  if (problems.length === 0 && certificates.length === 0) problems.push('there is no certificate in it')
  if (certificates.length > mostCertificates)
    problems.push(`there are more than ${mostCertificates} certificates in it`)
  if (problems.length > 0) throw unreadable(files, problems)
  const keys = onceKeys(parts.flatMap(part => ('key' in part ? [part.key] : [])))
  const {leaf, key} = leafAndKey(certificates, keys)
  const extraKeys = keys.filter(each => each !== key)
  return {
    leaf,
    key,
    others: certificates.filter(each => each !== leaf),
    findings: [
      ...parts.flatMap(part => ('finding' in part ? [part.finding] : [])),
      ...extraKeys.map(() =>
        found('extra-key', 'key', 'A second private key was given; it should never have left its owner.'),
      ),
      ...(certificates[0] === leaf
        ? []
        : [noted('order-mended', called(leaf), 'The server certificate is not the first one.')]),
    ],
  }
}

type Part =
  | {readonly certificate: Certificate}
  | {readonly key: KeyObject}
  | {readonly finding: CertificateFinding}
  | {readonly problem: string}

interface Opening {
  readonly password: Secret | undefined
  readonly effort: Effort
}

async function partsOf({name, bytes}: GivenFile, opening: Opening): Promise<Part[]> {
  if (bytes.length === 0) return [{problem: `${name} is empty`}]
  if (!looksLikePem(bytes)) return derParts({name, bytes}, opening)
  const {blocks, broken, rubbish} = readPem(bytes)
  if (blocks.length + broken.length > mostBlocks)
    return [{problem: `there are more than ${mostBlocks} blocks in ${name}`}]
  const rest: Part[] = rubbish
    ? [{finding: found('extra-rubbish', name, 'There is something in it that is no text.')}]
    : []
  return [
    ...blocks.map((block, at) => partOf(block, `${name}, block ${at + 1}`, opening)),
    ...broken.map(what => ({problem: `${name}: ${what}`})),
    ...rest,
  ].filter(part => part !== undefined)
}

function partOf({label, pem, der}: Block, where: string, {password, effort}: Opening): Part | undefined {
  if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') {
    return der ? certificatePart(der, where) : {problem: `${where}: the certificate is no base64`}
  }
  if (label.endsWith('PRIVATE KEY')) {
    const tooMuch = der && label === 'ENCRYPTED PRIVATE KEY' ? beyond(effort, der) : undefined
    if (tooMuch !== undefined) return {problem: `${where}: ${tooMuch}`}
    return keyPart(() => createPrivateKey({key: pem, ...phrase(password)}), where, password)
  }
  // OpenSSL writes them before an EC key.
  if (label === 'EC PARAMETERS') return undefined
  return {finding: found('extra-rubbish', where, `It is a "${label}", which is neither certificate nor key.`)}
}

function certificatePart(der: Buffer, where: string): Part {
  try {
    return {certificate: readCertificate(der, where)}
  } catch (error) {
    return {problem: `${where}: the certificate cannot be read (${reason(error)})`}
  }
}

function keyPart(read: () => KeyObject, where: string, password: Secret | undefined): Part {
  try {
    return {key: read()}
  } catch (error) {
    const {code} = error as {code?: string}
    if (
      code === 'ERR_MISSING_PASSPHRASE' ||
      (password === undefined && code === 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED')
    ) {
      return {problem: `${where}: the key is encrypted; give its password with --password-stdin`}
    }
    if (/BAD_DECRYPT|CIPHERFINAL|PBE|BAD_PASSWORD/i.test(code ?? '')) {
      return {problem: `${where}: the password does not open the key`}
    }
    return {problem: `${where}: the private key cannot be read`}
  }
}

/** A certificate, a key, or a PKCS#12 file, by trying: what they are stands nowhere. */
async function derParts({name, bytes}: GivenFile, {password, effort}: Opening): Promise<Part[]> {
  const der = Buffer.from(bytes)
  const certificate = certificatePart(der, name)
  if ('certificate' in certificate) return [certificate]
  const tooMuch = beyond(effort, der)
  if (tooMuch !== undefined) return [{problem: `${name} cannot be opened: ${tooMuch}`}]
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const key = keyPart(() => createPrivateKey({key: der, format: 'der', type, ...phrase(password)}), name, password)
    if ('key' in key) return [key]
  }
  if (der[0] !== 0x30) return [{problem: `${name} is neither PEM, DER nor PKCS#12`}]
  const {unpack} = await import('./pkcs12.ts')
  try {
    const {certificates, keys} = unpack(der, password)
    return [
      ...certificates.map((each, at) => certificatePart(each, `${name}, certificate ${at + 1}`)),
      ...keys.map(each => keyPart(() => createPrivateKey({key: each, format: 'der', type: 'pkcs8'}), name, password)),
    ]
  } catch (error) {
    const hint = password === undefined ? 'a password may be needed (--password-stdin)' : 'the password may be wrong'
    return [{problem: `${name} cannot be opened as PKCS#12: ${hint} (${reason(error)})`}]
  }
}

/** Why nothing may be derived for these bytes; undefined when it may. */
function beyond(effort: Effort, der: Buffer): string | undefined {
  try {
    effort.take(der)
    return undefined
  } catch (error) {
    return reason(error)
  }
}

function phrase(password: Secret | undefined): {passphrase?: string} {
  return password === undefined ? {} : {passphrase: password.expose()}
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^error:[0-9A-F]+:/, '').slice(0, 120)
}

function once(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map(each => [each.fingerprint, each] as const).reverse()).values()].reverse()
}

function onceKeys(keys: readonly KeyObject[]): KeyObject[] {
  return keys.filter((key, at) => keys.findIndex(each => each.equals(key)) === at)
}

/** The one a key fits; else one that is no authority; else one that issued none of the others. */
function leafAndKey(
  certificates: readonly Certificate[],
  keys: readonly KeyObject[],
): {leaf: Certificate; key: KeyObject | undefined} {
  const prints = keys.map(publicKeyFingerprint)
  const fits = ({keyFingerprint}: Certificate) => prints.includes(keyFingerprint)
  const leaf =
    certificates.find(each => fits(each) && !each.isAuthority) ??
    certificates.find(fits) ??
    certificates.find(({isAuthority}) => !isAuthority) ??
    certificates.find(each => !certificates.some(other => other !== each && other.x509.checkIssued(each.x509))) ??
    (certificates[0] as Certificate)
  return {leaf, key: keys[prints.indexOf(leaf.keyFingerprint)] ?? keys[0]}
}

function unreadable(files: readonly GivenFile[], problems: readonly string[]): Refusal {
  return new Refusal('input-invalid', `The certificate cannot be read: ${problems.join('; ')}.`, {
    facts: {files: files.map(({name}) => name), problems},
    remedies: ['Give PEM, DER or PKCS#12; a password on stdin with --password-stdin.'],
  })
}
