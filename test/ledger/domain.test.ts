import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {addDomain} from '../../src/domain/add.ts'
import {domains} from '../../src/ledger/domain.ts'
import {freshLedger, type TestLedger} from '../support/ledger.ts'
import {putSites} from '../support/tenant-world.ts'

const clock = {now: () => Temporal.Now.instant(), sleep: async () => {}}

async function twoTenants(ledger: TestLedger): Promise<void> {
  await putSites(ledger)
  for (const [tenant, own] of [
    ['acme', true],
    ['globex', false],
  ] as const) {
    const contract = JSON.stringify({options: {ownDomain: own}})
    await ledger.owner.all`
      insert into tenant (name, legal_name, locale, time_zone, contract)
      values (${tenant}, ${tenant}, 'fr', 'Europe/Paris', ${contract})`
    for (const name of ['production', 'qualification']) {
      const id = `e${tenant.slice(0, 3)}${name.slice(0, 3)}`
      await ledger.owner.all`
        insert into environment (id, tenant, name, phase, version, topology)
        values (${id}, ${tenant}, ${name}, 'production', '0.1.0', 'single')`
      await ledger.owner.all`
        insert into placement (environment, role, host, reason) values (${id}, 'edge', 'north-1', 'test')`
      for (const face of ['presentation', 'edition'])
        await ledger.owner.all`
          insert into hostname (name, environment, face)
          values (${`${tenant}-${name}-${face}.ezvsaas.test`}, ${id}, ${face})`
    }
  }
}

t.test('a name is of one environment and one face; who wants it elsewhere is told where it is', async t => {
  const ledger = await freshLedger(t)
  await twoTenants(ledger)
  // Nobody answers there: what DNS says is another matter.
  const add = (target: string, name: string, face: 'presentation' | 'edition' = 'presentation') =>
    addDomain({ledger, clock}, {target, name, face, server: '127.0.0.1:1', plan: false})
  const {domain} = await add('acme', 'Help.ACME.example')
  t.match(domain, {name: 'help.acme.example', environment: 'acme/production', face: 'presentation'})
  t.match(await add('acme/production', 'help.acme.example'), {domain}, 'the same again is the same')
  const refused = (message: RegExp) => ({code: 'domain-refused', message})
  await t.rejects(add('acme/qualification', 'help.acme.example'), refused(/a name of acme\/production already/))
  await t.rejects(add('acme', 'help.acme.example', 'edition'), refused(/already \(presentation\).*domain remove/))
  await t.rejects(add('globex', 'help.acme.example'), refused(/a name of acme; .*no own domain/))
  await t.rejects(add('acme', 'acme-production-edition.ezvsaas.test'), refused(/given, not brought.*a name of acme/))
  await t.rejects(add('nobody', 'help.acme.example'), {code: 'not-found'})
  t.match(await domains(ledger), [{name: 'help.acme.example', environment: 'acme/production', face: 'presentation'}])
})
