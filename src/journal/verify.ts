import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {JournalRow} from '../ledger/journal.ts'
import {journalChain} from '../ledger/journal-read.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {operators} from '../ledger/operator.ts'
import {setting} from '../ledger/setting.ts'
import {verifySignature} from '../operator/steps.ts'
import {type Break, chain} from './chain.ts'
import {isSigned, readHeads, type SignedHead} from './head.ts'

export interface Verified {
  /** Entries found to be as they were written. */
  readonly entries: number
  readonly tenants: number
  /** Signed heads the entries agree with. */
  readonly heads: number
  /** Requests whose operator's signature was checked. */
  readonly signatures: number
  /** The first entry that is not as it was written. */
  readonly broken?: Break
}

/** Follows the whole journal in constant memory: hashes, links, operators' signatures, and the heads kept outside. */
export async function verifyJournal(ledger: Ledger, home: string, told?: (entries: number) => void): Promise<Verified> {
  const publicKey = await journalPublicKey(ledger, home)
  const heads = headsByEntry(readHeads(home), publicKey)
  const keys = new Map((await operators(ledger)).map(({email, publicKey}) => [email, publicKey]))
  const links = chain()
  let [agreed, signatures] = [0, 0]
  const result = (broken?: Break): Verified => ({
    entries: links.sequence,
    tenants: links.tenants,
    heads: agreed,
    signatures,
    ...(broken ? {broken} : {}),
  })
  for await (const rows of journalChain(ledger)) {
    for (const row of rows) {
      const broken = links.follow(row) ?? againstHead(row, heads) ?? (await againstOperator(row, keys))
      if (broken) return result(broken)
      agreed += heads.get(row.sequence)?.length ?? 0
      if (requestOf(row)) signatures++
    }
    told?.(links.sequence)
  }
  return result(tail(links.sequence, heads))
}

function headsByEntry(heads: readonly SignedHead[], publicKey: string): Map<number, readonly SignedHead[]> {
  // A head nobody signed says nothing: somebody may have added it to make good entries look bad.
  return Map.groupBy(
    heads.filter(head => isSigned(head, publicKey)),
    ({sequence}) => sequence,
  )
}

function againstHead({sequence, hash}: JournalRow, heads: Map<number, readonly SignedHead[]>): Break | undefined {
  const other = heads.get(sequence)?.find(head => head.hash !== hash)
  return other && {sequence, why: `it is not the entry whose hash was signed at ${other.at}`}
}

function tail(sequence: number, heads: Map<number, readonly SignedHead[]>): Break | undefined {
  const last = Math.max(0, ...heads.keys())
  if (last <= sequence) return undefined
  return {sequence: sequence + 1, why: `the tail was cut: entry ${last} was signed at ${heads.get(last)?.[0]?.at}`}
}

async function againstOperator(row: JournalRow, keys: Map<string, string>): Promise<Break | undefined> {
  const request = requestOf(row)
  if (!request || !row.signature) return undefined
  const key = keys.get(row.operator)
  if (key && (await verifySignature(request, row.signature, key))) return undefined
  return {sequence: row.sequence, why: `the signature is not that of ${row.operator}`}
}

/** The request an entry's signature is about; none when something in it had to be masked. */
function requestOf({kind, body, signature}: JournalRow): object | undefined {
  if (!signature) return undefined
  const {request = kind === 'command' ? body : undefined} = body as {request?: unknown}
  if (request === null || typeof request !== 'object' || JSON.stringify(request).includes('***')) return undefined
  return request
}

/** From the file beside the database rather than from it: who can rewrite the journal cannot replace that. */
async function journalPublicKey(ledger: Ledger, home: string): Promise<string> {
  const file = join(home, 'journal.pub.pem')
  return existsSync(file) ? readFileSync(file, 'utf8') : ((await setting(ledger, 'journal-public-key')) ?? '')
}
