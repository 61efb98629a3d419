import {Refusal} from '../error.ts'

export const architectures = ['x64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

/** What a release says of itself, inside and beside its archive. */
export interface Manifest {
  readonly format: 1
  readonly product: 'selfhelp-runtime'
  readonly version: string
  readonly architecture: Architecture
  /** The version of the Node binary it brings. */
  readonly node: string
  /** It migrates a database from any level of `from` to `to`, and serves `to` only. */
  readonly schema: {readonly from: number; readonly to: number}
  /** What is new, for people; Markdown. */
  readonly notes: string
  readonly files: readonly {readonly path: string; readonly size: number; readonly sha256: string}[]
}

/** A release as the ledger keeps it: enough to verify and to unpack its archive anywhere. */
export interface Release {
  readonly manifest: Manifest
  readonly archive: {readonly file: string; readonly sha256: string; readonly size: number}
  /** The signed text, in the form of `sha256sum`: one line for the archive, one for the manifest. */
  readonly sums: string
  /** Ed25519 over `sums`, base64. */
  readonly signature: string
}

/** What a version brings, for customers. */
export interface Notes {
  readonly fr: string
  readonly en: string
}

/** Throws `Refusal('input-invalid')` when a language is missing (R128). */
export function assertNotes(notes: Notes): void {
  const missing = (['fr', 'en'] as const).filter(locale => notes[locale].trim() === '')
  if (missing.length === 0) return
  throw new Refusal('input-invalid', `The notes are empty in ${missing.join(' and ')}; nothing was recorded (R128).`, {
    facts: {missing},
    remedies: missing.map(locale => `--notes-${locale} FILE`),
  })
}

/** The names of the four files of a release. */
export function releaseNames(version: string, architecture: Architecture) {
  const base = `selfhelp-runtime-${version}-${architecture}`
  return {
    archive: `${base}.tar.gz`,
    manifest: `${base}.manifest.json`,
    sums: `${base}.sums`,
    signature: `${base}.sig`,
  } as const
}

/** Three numbers, without build or pre-release words: it becomes a folder on hosts. Throws `Refusal`. */
export function checkVersion(version: string): string {
  if (/^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/.test(version)) return version
  throw new Refusal('input-invalid', `${JSON.stringify(version)} is not a version of a release.`, {
    facts: {version},
    remedies: ['Give three numbers, as in 0.1.0.'],
  })
}

/** Below zero when `a` is older than `b`: the order of releases. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number)) as [number[], number[]]
  return [0, 1, 2].map(at => (left[at] ?? 0) - (right[at] ?? 0)).find(difference => difference !== 0) ?? 0
}
