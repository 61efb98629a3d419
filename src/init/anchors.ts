import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {anchorPin} from '../host/steps.ts'
import type {Anchors} from '../ledger/anchor.ts'
import {hosts} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {operators} from '../ledger/operator.ts'
import {anchorOperator} from '../operator/steps.ts'
import {writeWhole} from '../secret/private-file.ts'

/**
 * The first init of a home trusts what stands in the ledger then: the operators it has just made, or those of a ledger
 * that is older than anchors. Later ones trust nothing of themselves; a file outside the ledger remembers.
 */
export async function beginAnchors({ledger, anchors}: Given, home: string): Promise<void> {
  const begun = join(home, 'anchors-begun')
  if (existsSync(begun)) return
  for (const row of await operators(ledger)) await anchorOperator(anchors, row)
  for (const row of await hosts(ledger)) await anchorPin(anchors, row)
  writeWhole(begun, 'Operators and host keys of the ledger are trusted from here on only when they are anchored.\n')
}

interface Given {
  readonly ledger: Ledger
  readonly anchors: Anchors
}
