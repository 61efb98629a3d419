import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {createWriteStream} from 'node:fs'
import {rename, rm} from 'node:fs/promises'
import {finished} from 'node:stream/promises'
import {Refusal} from '../error.ts'
import type {JournalRow} from '../ledger/journal.ts'
import {journalChain, journalHead} from '../ledger/journal-read.ts'
import {setting} from '../ledger/setting.ts'
import {assertNoLink} from '../secret/private-file.ts'
import {type HeadNeeds, signHead, signWith} from './head.ts'

export interface JournalExport {
  readonly tenant: string
  readonly file: string
  readonly entries: number
  readonly head: ExportHead
  readonly signature: string
}

/** What the signature at the end of an export is about. */
export interface ExportHead {
  readonly tenant: string
  readonly at: string
  readonly entries: number
  readonly sequence: number
  readonly hash: string
}

/**
 * A tenant's own chain as a file of JSON lines: the public key first, its entries, at the end the signed head.
 * Nothing of other tenants is in it; `docs/verify-journal.mjs` checks it without us.
 * Refusals `not-found` when it is empty, `in-the-way` where the file is a link.
 */
export async function exportJournal(needs: HeadNeeds, tenant: string, file: string): Promise<JournalExport> {
  const {ledger, secrets, clock} = needs
  if (!(await journalHead(ledger, tenant)))
    throw new Refusal('not-found', `The journal has no entry of ${tenant}.`, {remedies: ['selfhelp tenant list']})
  assertNoLink(file)
  const at = clock.now().toString({smallestUnit: 'second'})
  const beside = `${file}.${randomBytes(4).toString('hex')}.part`
  const out = createWriteStream(beside, {mode: 0o600, flags: 'wx'})
  try {
    out.write(line({format: 'selfhelp-journal-1', tenant, publicKey: await setting(ledger, 'journal-public-key')}))
    let entries = 0
    let last: JournalRow | undefined
    for await (const rows of journalChain(ledger, tenant)) {
      if (!out.write(rows.map(line).join(''))) await once(out, 'drain')
      entries += rows.length
      last = rows.at(-1)
    }
    const head: ExportHead = {tenant, at, entries, sequence: last?.sequence ?? 0, hash: last?.hash ?? ''}
    const signature = await signWith(secrets, head)
    out.end(line({head, signature}))
    await finished(out)
    await rename(beside, file)
    await signHead(needs)
    return {tenant, file, entries, head, signature}
  } catch (thrown) {
    out.destroy()
    await rm(beside, {force: true})
    throw thrown
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
