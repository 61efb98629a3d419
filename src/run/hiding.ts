import type {Ledger} from '../ledger/ledger.ts'
import {maskedText} from '../ledger/mask.ts'
import {secretNames} from '../ledger/secret.ts'
import type {SecretStore} from '../ledger/secret-store.ts'

export interface Hiding {
  readonly ledger: Ledger
  readonly secrets: SecretStore
  /** The environments it is about: a program of another one cannot have said their secrets. */
  readonly environments: readonly string[]
}

/** Shorter words may stand in a text by chance. */
const leastLength = 16

/** Masks every secret of these environments and of the control plane, wherever it stands in a text; and what looks like one. */
export async function hiding({ledger, secrets, environments}: Hiding): Promise<(text: string) => string> {
  const names = (await secretNames(ledger)).filter(name => {
    const [, id] = /^environment\/([^/]+)\//.exec(name) ?? []
    return id === undefined || environments.includes(id)
  })
  const values = await Promise.all(names.map(name => secrets.get(name)))
  // A key has lines, links stand in a list: each part tells as much as the whole.
  const parts = new Set(values.flatMap(value => value?.expose().split(/[\s"',\\[\]{}]+/) ?? []))
  const telling = [...parts].filter(part => part.length >= leastLength)
  return text => telling.reduce((sum, part) => sum.replaceAll(part, '***'), maskedText(text))
}
