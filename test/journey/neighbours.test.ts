import {readFileSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {centre} from '../support/centre.ts'
import {asked, floodOf, manyConnections, refusals, slowHead} from '../support/edge-flood.ts'
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

  await t.test('a flood at one customer is refused, and not felt by the other (R157)', async t => {
    const {address} = await cmc.host('north-1')
    const here = (await cmc.host('cust-1')).address
    const more = [101, 102, 103].map(last => here.replace(/\d+$/, `${last}`))
    await device.run(more.map(each => `ip address add ${each}/24 dev eth0`).join('; '))
    const flood = device.run(floodOf(address, more))
    const times: number[] = []
    for (let n = 0; n < 60; n++) {
      const began = performance.now()
      t.equal(await asked(address, 'globex.ezvsaas.test'), 200, 'the neighbour is served')
      times.push(performance.now() - began)
      await sleep(100)
    }
    const p90 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.9)] ?? Number.POSITIVE_INFINITY
    t.ok(p90 < 2000, `p90 of the neighbour: ${p90.toFixed(0)} ms`)
    t.match(await flood, /429/, 'who asks too much is told so')
    const from = (source: string) =>
      `curl -sk --http1.1 --interface ${source} -m 30 -o /dev/null -w '%{http_code}\\n' --resolve acme.ezvsaas.test:443:${address}`
    const page = 'https://acme.ezvsaas.test/'
    t.match(
      await device.run(`head -c 2000000 /dev/zero > /root/big; ${from(here)} --data-binary @/root/big ${page} || true`),
      '413',
    )
    t.match(await device.run(`${from(here)} $(for n in $(seq 80); do echo "-H X-$n:1"; done) ${page}`), '400')
    t.match(await device.run(slowHead(address)), '408', 'a head that does not come')
    const refused = async () => Number((await onHost(cmc, 'north-1', 'perl', '-e', refusals)).out)
    const before = await refused()
    await device.run(manyConnections(address, more[0] ?? ''))
    t.ok((await refused()) > before, 'nor may one hold all connections')
  })
})
