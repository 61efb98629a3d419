import t from 'tap'
import {addConnector, listConnectors, removeConnector} from '../../src/connector/add.ts'
import {parseConnector} from '../../src/connector/model.ts'
import {flowMatrix} from '../../src/flow/matrix.ts'
import {configured} from '../../src/flow/steps.ts'
import {firewall, fleetOf} from '../../src/host/steps.ts'
import {addVpn} from '../../src/vpn/add.ts'
import {freshLedger} from '../support/ledger.ts'
import {fleetRows, tenantRow} from '../support/vpn-world.ts'
import {acme} from '../vpn/agreed.ts'

const of = (more: Partial<Parameters<typeof parseConnector>[0]>) =>
  parseConnector({
    named: 'acme/directory',
    purpose: 'ldap',
    address: '10.20.0.10',
    port: 636,
    reachability: 'vpn',
    ...more,
  })

t.test("how customers' servers are reached", async t => {
  const ledger = await freshLedger(t)
  await fleetRows(ledger)
  for (const tenant of ['acme', 'globex']) await tenantRow(ledger, tenant)
  const rulesetOf = async (name: string) => {
    const [fleet, more] = await Promise.all([fleetOf(ledger), configured(ledger)])
    const host = fleet.find(each => each.name === name)
    return host ? firewall({host, fleet, more}).ruleset : ''
  }

  await t.test('a private address is refused as long as no VPN leads there (R065)', async t => {
    await t.rejects(addConnector(ledger, of({})), {code: 'vpn-needed', message: /no VPN leads there/})
    await t.rejects(addConnector(ledger, of({reachability: 'public'})), {code: 'vpn-needed'})
    await addVpn(ledger, acme)
    await t.rejects(addConnector(ledger, of({port: 389})), {code: 'vpn-needed', message: /no server with port 389/})
    await t.rejects(addConnector(ledger, of({reachability: 'restricted'})), {
      message: /but the connector is restricted/,
    })
    t.match(await addConnector(ledger, of({})), {changed: true, hosts: ['north-1'], sources: ['100.64.0.1']})
    t.match(await addConnector(ledger, of({})), {changed: false})
  })

  await t.test("another customer's VPN does not count", async t => {
    await t.rejects(addConnector(ledger, of({named: 'globex/directory'})), {code: 'vpn-needed'})
  })

  await t.test('an address of ours and a tenant that is not there are refused', async t => {
    await t.rejects(addConnector(ledger, of({address: '10.77.1.19'})), {code: 'connector-unfit', message: /north-9/})
    await t.rejects(addConnector(ledger, of({named: 'nobody/x'})), {code: 'not-found'})
  })

  await t.test('a plan writes nothing', async t => {
    const mail = of({named: 'acme/mail', purpose: 'mail', address: '8.8.4.25', port: 465, reachability: 'restricted'})
    t.match(await addConnector(ledger, mail, true), {changed: true, sources: ['10.77.1.11']})
    t.equal((await listConnectors(ledger, 'acme')).items.length, 1)
  })

  await t.test(
    'one that is reached without a VPN has its row in the matrix, and a door at the hosts that use it',
    async t => {
      t.notMatch(await rulesetOf('north-1'), '8.8.4.25')
      await addConnector(
        ledger,
        of({named: 'acme/mail', purpose: 'mail', address: '8.8.4.25', port: 465, reachability: 'public'}),
      )
      const {items} = await flowMatrix(ledger, 'acme/production')
      const row = items.find(each => each.of === 'connector acme/mail')
      t.match(row, {kind: 'derived', from: {who: ['north-1']}, to: {who: ['8.8.4.25']}, port: '465', rule: 'R063'})
      t.match(await rulesetOf('north-1'), '8.8.4.25 . 465')
      for (const other of ['north-9', 'south-1']) t.notMatch(await rulesetOf(other), '8.8.4.25', other)
    },
  )

  await t.test('a connector is forgotten once, and its door with it', async t => {
    const named = {tenant: 'acme', name: 'mail'}
    t.match(await removeConnector(ledger, named, true), {connector: 'acme/mail'})
    await removeConnector(ledger, named)
    await t.rejects(removeConnector(ledger, named), {code: 'not-found'})
    t.notMatch(await rulesetOf('north-1'), '8.8.4.25')
  })
})
