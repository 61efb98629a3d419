import {createPrivateKey, sign, verify} from 'node:crypto'
import {appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Clock} from '../clock.ts'
import {Bug} from '../error.ts'
import {canonical} from '../ledger/canonical.ts'
import {journalHead} from '../ledger/journal-read.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {journalKeySecret} from './model.ts'

/** How far the journal had come, and what its last entry was: signed, and kept outside the database. */
export interface Head {
  readonly at: string
  readonly sequence: number
  readonly hash: string
}

export interface SignedHead extends Head {
  /** Ed25519 over the canonical JSON of the rest, in base64. */
  readonly signature: string
}

export interface HeadNeeds {
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly home: string
}

/** Where the heads are kept, a line of JSON each. */
export function headsFile(home: string): string {
  return join(home, 'journal-heads')
}

/** Signs how far the journal is now. */
export async function signHead({ledger, secrets, clock, home}: HeadNeeds): Promise<SignedHead | undefined> {
  const last = await journalHead(ledger)
  if (!last) return undefined
  const head: Head = {at: clock.now().toString({smallestUnit: 'second'}), sequence: last.sequence, hash: last.hash}
  const signed = {...head, signature: await signWith(secrets, head)}
  const file = openSync(headsFile(home), 'a', 0o600)
  appendFileSync(file, `${JSON.stringify(signed)}\n`)
  fsyncSync(file)
  closeSync(file)
  return signed
}

/** The journal's signature of a value, in base64. */
export async function signWith(secrets: SecretStore, value: object): Promise<string> {
  const key = await secrets.get(journalKeySecret)
  if (!key) throw new Bug("The journal's key is not in the secret store.")
  return sign(null, Buffer.from(canonical(value)), createPrivateKey(key.expose())).toString('base64')
}

/** True when the journal's key signed this head. */
export function isSigned({signature, ...head}: SignedHead, publicKey: string): boolean {
  return verify(null, Buffer.from(canonical(head)), publicKey, Buffer.from(signature, 'base64'))
}

/** The heads kept so far; a line that is no head counts as one nobody signed. */
export function readHeads(home: string): SignedHead[] {
  const file = headsFile(home)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map(line => parse(line) ?? {at: '', sequence: 0, hash: '', signature: ''})
}

function parse(line: string): SignedHead | undefined {
  try {
    return JSON.parse(line) as SignedHead
  } catch {
    return undefined
  }
}
