import fc from 'fast-check'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {type Break, chain} from '../../src/journal/chain.ts'
import {type Entry, hashOf, type JournalRow, linked} from '../../src/ledger/journal.ts'

const entry = fc.record({
  tenant: fc.constantFrom(undefined, 'acme', 'globex'),
  subject: fc.string(),
  result: fc.constantFrom('asked', 'done', 'refused'),
  reason: fc.option(fc.string(), {nil: undefined}),
  body: fc.dictionary(fc.string(), fc.jsonValue(), {maxKeys: 3}),
})

const journals = fc.array(entry, {minLength: 2, maxLength: 20}).map(entries => {
  const rows: JournalRow[] = []
  for (const each of entries) {
    const hashOfTenant = rows.findLast(({tenant}) => tenant === each.tenant)?.hash
    const last = {sequence: rows.length, hash: rows.at(-1)?.hash ?? '0'.repeat(64), hashOfTenant}
    rows.push(linked({...each, ...always} as Entry, last))
  }
  return rows
})

const always = {
  at: Temporal.Instant.from('2026-11-22T12:00:00Z'),
  kind: 'command' as const,
  operator: 'jane@cmc.test',
  account: 'root',
  machine: 'cmc-1',
}

function firstBreak(rows: readonly JournalRow[]): Break | undefined {
  const links = chain()
  for (const row of rows) {
    const broken = links.follow(row)
    if (broken) return broken
  }
  return undefined
}

const place = (rows: readonly JournalRow[], at: number) => at % rows.length

t.test('a journal as it was written is whole', async () => {
  fc.assert(fc.property(journals, rows => firstBreak(rows) === undefined))
})

t.test('any single altered property is found at its entry', async () => {
  const property = fc.constantFrom(
    'at',
    'kind',
    'tenant',
    'subject',
    'operator',
    'account',
    'machine',
    'result',
    'reason',
  )
  fc.assert(
    fc.property(journals, fc.nat(), property, (rows, at, name) => {
      const k = place(rows, at)
      const altered = rows.with(k, {...(rows[k] as JournalRow), [name]: 'forged'})
      return firstBreak(altered)?.sequence === k + 1
    }),
  )
})

t.test('an altered entry with its hash made good is found at the next one', async () => {
  fc.assert(
    fc.property(journals, fc.nat(), (rows, at) => {
      const k = place(rows, at) % (rows.length - 1)
      const {hash: _, ...row} = {...(rows[k] as JournalRow), result: 'forged'}
      return firstBreak(rows.with(k, {...row, hash: hashOf(row)}))?.sequence === k + 2
    }),
  )
})

t.test('any single removed entry is found, but for the last: that is what signed heads are for', async () => {
  fc.assert(
    fc.property(journals, fc.nat(), (rows, at) => {
      const k = place(rows, at) % (rows.length - 1)
      return firstBreak(rows.toSpliced(k, 1))?.sequence === k + 1
    }),
  )
})

t.test('two entries that changed places are found', async () => {
  fc.assert(
    fc.property(journals, fc.nat(), fc.nat(), (rows, one, other) => {
      const [a, b] = [place(rows, one), place(rows, other)]
      if (a === b) return true
      const [first, second] = [rows[a] as JournalRow, rows[b] as JournalRow]
      // Also when each takes the other's number, as an UPDATE would do.
      const swapped = rows.with(a, {...second, sequence: a + 1}).with(b, {...first, sequence: b + 1})
      const broken = firstBreak(swapped)
      return broken !== undefined && broken.sequence <= Math.min(a, b) + 1
    }),
  )
})

t.test('an entry moved to another tenant is found, even with its hash made good, by what follows', async () => {
  fc.assert(
    fc.property(journals, fc.nat(), (rows, at) => {
      const k = place(rows, at) % (rows.length - 1)
      const {hash: _, ...row} = {...(rows[k] as JournalRow), tenant: 'evil'}
      return firstBreak(rows.with(k, {...row, hash: hashOf(row)})) !== undefined
    }),
  )
})
