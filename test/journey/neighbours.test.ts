import {readFileSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import t from 'tap'
import {centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'
import {application, contractFile, must, prepared} from '../support/prepared.ts'
import {onHost} from '../support/tenant-hosts.ts'
import {customer} from '../support/vpn-customer.ts'
import {agreeing, watching} from '../support/vpn-journey.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()

t.test('two customers on one host', {skip: why ?? false, timeout: 1_450_000}, async t => {
  const cmc = await centre(t, '-near', [
    {name: 'north', count: 2},
    {name: 'cust', count: 1},
  ])
  await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
  const status = await cmc.status()
  const ours = {...cmc, status: async () => ({...status, hosts: status.hosts.filter(({site}) => site !== 'cust')})}
  const [device] = await Promise.all([
    customer(cmc, 'cust-1', ['10.20.0.10,636', '10.20.0.25,465']),
    prepared(ours, {'north-1': application, 'north-2': ['gateway']}),
  ])
  for (const tenant of ['acme', 'globex']) {
    const file = contractFile(dirname(cmc.home), tenant, 'sites: {primary: north}')
    writeFileSync(file, readFileSync(file, 'utf8').replace('vpn: none', 'vpn: ipsec'))
    await must(cmc, 'tenant', 'create', tenant, '--contract', file)
    await must(cmc, 'tenant', 'hand-over', tenant, '--by', 'jdoe')
  }
  await must(cmc, 'probe', 'add', 'outside', '--netns', status.outside.netns)
  const {applied} = agreeing(cmc)
  const {becomes, onGateway} = watching(cmc)
  const verify = () => cmc.json('flow', 'verify', 'acme/production', '--quick', '--times', '2')

  await t.test('neither reaches what is the other’s, tried as each of them', async t => {
    const {exit, answer} = await verify()
    t.match({exit, items: answer.items}, {exit: 0, items: []}, JSON.stringify(answer))
    await onHost(
      cmc,
      'north-1',
      ...'nft insert rule inet selfhelp output oif lo tcp dport 24000-27999 accept'.split(' '),
    )
    const hole = await verify()
    t.equal(hole.exit, 5)
    const found = hole.answer.items.map(({from, target}: Record<string, string>) => `${from} ${target}`)
    t.ok(found.includes('globex/production on north-1 127.0.0.1,24000'), found.join('\n'))
    t.ok(found.includes('acme/production on north-1 127.0.0.1,24001'), found.join('\n'))
    await must(cmc, 'host', 'apply', 'north-1')
    t.equal((await verify()).exit, 0)
  })

  await t.test('people come through a VPN only where that was agreed, and only to the page', async t => {
    await applied('acme', 'cust-1')
    await device.connects('acme')
    t.equal((await becomes('acme', ({state}) => state === 'up')).state, 'up')
    const page = (port: number, address = '100.64.0.1') =>
      device.run(
        `curl -sk -o /dev/null -m 15 -w '%{http_code}' --interface 10.20.0.10 --resolve acme.ezvsaas.test:${port}:${address} https://acme.ezvsaas.test:${port}/ || true`,
      )
    t.equal(await page(443), '000', 'by default nobody does (R089)')
    const users = (concurrent: number) => (text: string) =>
      text.replace(
        'kilobitsPerSecond: 2000',
        `kilobitsPerSecond: 50000\nusers: {concurrent: ${concurrent}, pageKilobytes: 300}`,
      )
    await t.rejects(
      applied('acme', 'cust-1', users(100)),
      /240000 or more/,
      'never where the link is too narrow (R090)',
    )
    t.equal(await page(443), '000')
    await applied('acme', 'cust-1', users(20))
    t.equal((await becomes('acme', ({state}) => state === 'up')).state, 'up')
    t.equal(await page(443), '200')
    t.equal(await page(22), '000', 'no other port of ours')
    t.equal(await page(443, '100.64.0.2'), '000', 'nor another address')
    const rows = (await cmc.json('flow', 'matrix', 'acme/production')).answer.items
    t.match(
      rows.find(({rule}: {rule: string}) => rule === 'R090'),
      {kind: 'derived', from: {who: ['10.20.0.0/16']}, to: {party: 'presentation', who: ['north-1']}, port: '443'},
    )
    t.match((await cmc.type('vpn', 'sheet', 'acme')).out, /acme\.ezvsaas\.test/)
    await applied('acme', 'cust-1')
    t.equal(await page(443), '000', 'and no more once it is no more agreed')
    t.equal(await onGateway('nft list ruleset | grep people'), '')
  })
})
