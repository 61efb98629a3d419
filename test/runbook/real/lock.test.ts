import t from 'tap'
import {conflicting, heldLocks, releaseLocks, serialiseTaking, takeLocks} from '../../../src/ledger/lock.ts'
import {freshLedger, type TestLedger} from '../../support/ledger.ts'

const executor = {id: 'elsewhere.1.1.1', machine: 'm', pid: 1}

/** Takes locks for a run as `take` does; undefined when something excludes them. */
function taking(ledger: TestLedger, run: string, names: readonly string[]) {
  return ledger.transaction(async tx => {
    await serialiseTaking(tx)
    const conflicts = await conflicting(tx, names, run)
    if (conflicts.length > 0) return undefined
    return takeLocks(tx, names, {run, operator: 'ann@cmc.test', reason: undefined, executor})
  })
}

const free = (ledger: TestLedger, run: string) => ledger.transaction(tx => releaseLocks(tx, run))

async function placed(t: Parameters<typeof freshLedger>[0]) {
  const ledger = await freshLedger(t)
  await ledger.all`insert into site (name, country, tier, iso27001, soc2) values ('north', 'FR', '3', '2030-01-01', '2030-01-01')`
  await ledger.all`insert into host (name, site, address, host_key, roles) values ('n1', 'north', 'a', 'k', '{}'), ('n2', 'north', 'b', 'k', '{}')`
  await ledger.all`insert into tenant (name, legal_name, locale, time_zone, contract) values ('acme', 'A', 'fr', 'UTC', '{}')`
  await ledger.all`insert into environment (id, tenant, name, phase, version, topology) values
    ('eaaaaaa', 'acme', 'production', 'installation', '1', 'single'), ('ebbbbbb', 'acme', 'test', 'installation', '1', 'single')`
  await ledger.all`insert into placement (environment, role, host, reason) values
    ('eaaaaaa', 'edition', 'n1', ''), ('ebbbbbb', 'edition', 'n1', ''), ('ebbbbbb', 'database', 'n2', '')`
  return ledger
}

t.test('a change of a host excludes the environments on it, and they exclude it', async t => {
  const ledger = await placed(t)
  t.ok(await taking(ledger, 'host-run', ['host:n2']))
  t.notOk(await taking(ledger, 'b', ['environment:ebbbbbb']), 'it is on n2')
  t.ok(await taking(ledger, 'a', ['environment:eaaaaaa']), 'it is not')
  await free(ledger, 'host-run')
  t.notOk(await taking(ledger, 'host-run', ['host:n1', 'host:n2']))
  t.ok(await taking(ledger, 'b', ['environment:ebbbbbb']), 'two environments of one host change at once')
  t.notOk(await taking(ledger, 'host-run', ['host:n2']))
})

t.test('an environment that is only being placed on a host excludes its changes too', async t => {
  const ledger = await placed(t)
  t.ok(await taking(ledger, 'new', ['environment:ecccccc', 'host:n1/ecccccc']))
  t.ok(await taking(ledger, 'newer', ['environment:edddddd', 'host:n1/edddddd']))
  t.notOk(await taking(ledger, 'host-run', ['host:n1']))
  await free(ledger, 'new')
  await free(ledger, 'newer')
  t.ok(await taking(ledger, 'host-run', ['host:n1']))
  t.notOk(await taking(ledger, 'new', ['environment:ecccccc', 'host:n1/ecccccc']))
})

t.test('thirty takers at once: never two of them, no deadlock, and every epoch is new', async t => {
  const ledger = await placed(t)
  const wishes = [
    ['environment:eaaaaaa'],
    ['environment:ebbbbbb', 'environment:eaaaaaa'],
    ['host:n1'],
    ['host:n2', 'host:n1'],
    ['environment:ecccccc', 'host:n1/ecccccc'],
  ]
  const inside = new Map<string, readonly string[]>()
  const seen = new Map<string, number>()
  const excludes = (a: readonly string[], b: readonly string[]) =>
    a.some(one => b.includes(one)) ||
    [a, b].some((x, at) => x.includes('host:n1') && [b, a][at]?.some(one => one !== 'host:n2'))
  let most = 0
  await Promise.all(
    Array.from({length: 30}, async (_, n) => {
      const names = wishes[n % wishes.length] as string[]
      const run = `run${n}`
      let epochs: Map<string, number> | undefined
      while (!epochs) {
        epochs = await taking(ledger, run, names)
        if (!epochs) await new Promise(done => setTimeout(done, 1 + Math.random() * 20))
      }
      for (const [other, held] of inside) t.notOk(excludes(names, held), `${run} beside ${other}`)
      inside.set(run, names)
      most = Math.max(most, inside.size)
      for (const [name, epoch] of epochs) {
        t.ok(epoch > (seen.get(name) ?? 0), `${name} ${epoch}`)
        seen.set(name, epoch)
      }
      await new Promise(done => setTimeout(done, 40))
      inside.delete(run)
      await free(ledger, run)
    }),
  )
  t.ok(most > 1, `${most} at once`)
  t.strictSame(await heldLocks(ledger), [])
})
