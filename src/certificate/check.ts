import {createReadStream} from 'node:fs'
import {basename} from 'node:path'
import {rootCertificates} from 'node:tls'
import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Secret} from '../secret/secret.ts'
import {type GivenFile, readBundle} from './bundle.ts'
import {judge} from './judge.ts'
import type {CertificateFinding, Judgement, LeafShown, Wanted} from './model.ts'
import {readPem} from './pem.ts'
import {readCertificate} from './read.ts'

/** What is asked about files. */
export interface CheckAsked {
  /** Certificates and perhaps the key, in PEM, DER or PKCS#12. */
  readonly files: readonly string[]
  readonly password?: Secret | undefined
  readonly name: string
  readonly contractEnd: Temporal.PlainDate
  readonly timeZone: string
  /** Files with the roots that the contract adds. */
  readonly roots: readonly string[]
  readonly derogation?: Wanted['derogation'] | undefined
  readonly usedKeys?: Wanted['usedKeys'] | undefined
  readonly mostDays?: number | undefined
  readonly at: Temporal.Instant
}

/** What of a judgement may be shown: everything but the key. */
export interface Checked {
  readonly name: string
  readonly fits: boolean
  readonly at: Temporal.Instant
  readonly leaf: LeafShown
  readonly findings: readonly CertificateFinding[]
}

/** No certificate with its chain and key is larger, as PKCS#12 neither. */
const largest = 1_048_576

/** Reads the files and judges what is in them. Throws `Refusal('input-invalid')` for what cannot be read at all. */
export async function judgeFiles(asked: CheckAsked): Promise<Judgement> {
  const {name, contractEnd, timeZone, derogation, usedKeys, mostDays, at} = asked
  const [files, roots] = await Promise.all([filesOf(asked.files), filesOf(asked.roots)])
  return judge(await readBundle(files, asked.password), {
    ...{name, contractEnd, timeZone, at},
    roots: {public: publicRoots(), contract: roots.flatMap(rootsIn)},
    ...(derogation === undefined ? {} : {derogation}),
    ...(usedKeys === undefined ? {} : {usedKeys}),
    ...(mostDays === undefined ? {} : {mostDays}),
  })
}

/** The judgement as a command answers with it, with findings that came from elsewhere. */
export function shown(judgement: Judgement, {name, at}: CheckAsked, more: readonly CertificateFinding[] = []): Checked {
  const findings = [...judgement.findings, ...more]
  return {name, at, leaf: judgement.leaf, findings, fits: findings.every(({severity}) => severity !== 'refused')}
}

/** What the authorities say of it now, over the Internet. */
export async function revoked(
  judgement: Judgement,
  at: Temporal.Instant,
  env: NodeJS.ProcessEnv,
): Promise<CertificateFinding[]> {
  const [{revocation}, {alsoAsked, askOverHttp}] = await Promise.all([import('./revocation.ts'), import('./ask.ts')])
  return revocation(judgement, at, askOverHttp({also: alsoAsked(env)}))
}

/** The roots browsers trust, in PEM: Mozilla's list as this version of Node has it. */
export function publicRoots(): readonly string[] {
  return rootCertificates
}

/** The certificates of a file of roots, in PEM. Throws `Refusal('input-invalid')`. */
export function rootsIn({name, bytes}: GivenFile): readonly string[] {
  const {blocks} = readPem(bytes)
  const roots = blocks.flatMap(({der}) => (der ? [readable(der, name)] : []))
  if (roots.length > 0) return roots
  throw new Refusal('input-invalid', `${name} holds no root certificate in PEM.`, {facts: {file: name}})
}

function readable(der: Buffer, name: string): string {
  try {
    return readCertificate(der, name).x509.toString()
  } catch (cause) {
    throw new Refusal('input-invalid', `A root certificate in ${name} cannot be read.`, {facts: {file: name}, cause})
  }
}

/** Reads files whole; what is too large is refused after the first megabyte. Throws `Refusal('input-invalid')` with all. */
async function filesOf(paths: readonly string[]): Promise<GivenFile[]> {
  const read = await Promise.all(paths.map(fileOf))
  const problems = read.flatMap(each => (typeof each === 'string' ? [each] : []))
  if (problems.length > 0) {
    throw new Refusal('input-invalid', `The certificate cannot be read: ${problems.join('; ')}.`, {facts: {problems}})
  }
  return read.flatMap(each => (typeof each === 'string' ? [] : [each]))
}

async function fileOf(path: string): Promise<GivenFile | string> {
  const parts: Buffer[] = []
  try {
    // One byte more than allowed tells that it is too large, however large it is.
    for await (const part of createReadStream(path, {end: largest})) parts.push(part as Buffer)
  } catch (error) {
    return error instanceof Error ? error.message : `${path}: ${error}`
  }
  const bytes = Buffer.concat(parts)
  return bytes.length > largest ? `${path} is larger than ${largest / 1_048_576} MiB` : {name: basename(path), bytes}
}
