import t from 'tap'
import {whyNoLab} from '../support/lab.ts'
import {must} from '../support/prepared.ts'
import {onHost} from '../support/tenant-hosts.ts'
import {keyOf} from '../support/vpn-customer.ts'
import {vpnJourney} from '../support/vpn-journey.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()

t.test('customers are reached through their VPNs', {skip: why ?? false, timeout: 1_450_000}, async t => {
  const journey = await vpnJourney(t)
  const {cmc, acme, globex, agreed, applied, onGateway, stateOf, becomes, again} = journey

  await t.test('what was agreed is loaded, and the sheet with the key makes a tunnel that carries', async t => {
    await applied('acme', 'cust-1')
    t.match(await cmc.json('vpn', 'plan', 'acme'), {exit: 0, answer: {items: []}})
    t.match((await stateOf('acme')).state, 'down', 'before the customer has done anything')
    await acme.connects('acme')
    t.match(await becomes('acme', ({state}) => state === 'up'), {
      state: 'up',
      drift: [],
      probes: [{result: 'passes'}, {result: 'passes'}],
    })
  })

  await t.test('a customer with the same numbers is refused, and reached when it is renamed', async t => {
    const file = await agreed('globex', 'cust-2')
    t.match(await cmc.json('vpn', 'add', file), {
      exit: 3,
      answer: {error: {code: 'vpn-overlap', message: /acme\/north/}},
    })
    const change = (text: string) =>
      text.replace(
        '{network: 10.20.0.0/16}',
        '{network: 10.20.0.0/16, seenAs: 100.96.0.0/16}\n  - {network: 10.40.0.0/16}',
      )
    await applied('globex', 'cust-2', change)
    await globex.connects('globex')
    t.equal((await becomes('globex', ({state}) => state === 'up')).state, 'up')
    const hears = async (address: string, port: number) => {
      const script = `timeout 10 bash -c 'exec 3<>/dev/tcp/${address}/${port}; head -1 <&3'`
      return (await onHost(cmc, 'north-1', 'sh', '-c', script)).out.trim()
    }
    t.equal(await hears('10.20.0.25', 465), '220 hello', 'the application reaches the one')
    t.equal(await hears('100.96.0.25', 465), '220 hello', 'and the other')
    t.equal(await hears('10.20.0.25', 636), '', 'on the ports of the matrix only')
  })

  const rows: readonly (readonly [string, (text: string) => string, string])[] = [
    ['another key', text => text.replace(/secret = .*/, 'secret = "another"'), 'authentication'],
    [
      'another phase 1',
      text => text.replace('proposals = aes256gcm16-prfsha384-ecp384', 'proposals = aes256gcm16-prfsha384-curve25519'),
      'proposal',
    ],
    [
      'another phase 2',
      text => text.replace('esp_proposals = aes256gcm16-ecp384', 'esp_proposals = aes256-sha512-ecp384'),
      'proposal',
    ],
    ['other networks', text => text.replace(/local_ts = .*/, 'local_ts = 10.21.0.0/16'), 'selectors'],
    ['another identity', text => text.replaceAll('vpn.globex.test', 'other.globex.test'), 'identity'],
  ]
  for (const [what, change, layer] of rows)
    await t.test(`a device with ${what} is told as the layer ${layer}`, async t => {
      await globex.connects('globex', change)
      await again('globex')
      // Who calls shows more than who refuses.
      await globex.run('swanctl --initiate --child self-help-north --timeout 2 >/dev/null 2>&1; true')
      const found = await becomes('globex', ({fault}) => fault?.layer === layer)
      t.match(found, {state: 'down', fault: {layer}})
    })

  await t.test(
    'a device that is gone is told as out of reach, or as silent, and the tunnel heals by itself',
    async t => {
      await globex.connects('globex')
      t.equal((await becomes('globex', ({state}) => state === 'up')).state, 'up')
      await must(cmc, 'lab', 'cut', 'cust-2', '--lab', cmc.lab)
      const gone = await becomes('globex', ({state}) => state === 'down')
      t.match(gone, {state: 'down', fault: {layer: /^(?:reach|traffic)$/}})
      await must(cmc, 'lab', 'heal', 'cust-2', '--lab', cmc.lab)
      t.equal((await becomes('globex', ({state}) => state === 'up')).state, 'up')
    },
  )

  await t.test('traffic keys are renewed, and another group shows only then', async t => {
    await must(cmc, 'vpn', 'rekey', 'globex')
    t.equal((await becomes('globex', ({state}) => state === 'up')).state, 'up')
    await globex.connects('globex', text =>
      text.replace('esp_proposals = aes256gcm16-ecp384', 'esp_proposals = aes256gcm16-curve25519'),
    )
    await again('globex')
    t.equal((await becomes('globex', ({state}) => state === 'up')).state, 'up', 'the first keys are made without one')
    t.match(await cmc.json('vpn', 'rekey', 'globex'), {exit: 3})
    t.match(await becomes('globex', ({fault}) => fault?.layer === 'keys'), {
      state: 'degraded',
      fault: {layer: 'keys', side: 'theirs'},
    })
    await globex.connects('globex')
  })

  await t.test(
    'new credentials take the place of the old ones in memory, and the tunnel goes on meanwhile',
    async t => {
      const before = (await becomes('acme', ({state}) => state !== 'down')).tunnels[0]?.children[0]?.spi
      await must(cmc, 'vpn', 'rotate-secret', 'acme', '--reason', 'yearly')
      t.equal((await stateOf('acme')).tunnels[0]?.children[0]?.spi, before, 'the same keys carry traffic')
      await again('acme')
      t.match(
        await becomes('acme', ({fault}) => fault?.layer === 'authentication'),
        {fault: {layer: 'authentication'}},
        'the old key opens nothing',
      )
      await acme.connects('acme')
      t.not((await becomes('acme', ({state}) => state !== 'down')).state, 'down')
    },
  )

  await t.test('every flow is as the matrix says, from outside, between hosts and through the tunnel', async t => {
    await must(cmc, 'probe', 'add', 'outside', '--netns', (await cmc.status()).outside.netns)
    const verify = () => cmc.json('flow', 'verify', 'acme/production', '--times', '2')
    const {exit, answer} = await verify()
    t.match({exit, items: answer.items}, {exit: 0, items: []}, JSON.stringify(answer))
    t.ok(answer.passed > 0 && answer.refused > 10 && answer.dropped >= 2 * answer.refused)
    t.equal(answer.scanned, 4 * (65_535 + 31), 'every TCP port and the usual UDP ports, by IPv4 and IPv6')
    await onHost(cmc, 'north-1', ...'nft insert rule inet selfhelp input tcp dport { 5432, 33333 } accept'.split(' '))
    await onHost(cmc, 'north-2', ...'nft insert rule inet selfhelp input udp dport 500 accept'.split(' '))
    const hole = await verify()
    t.equal(hole.exit, 5)
    const from = hole.answer.items.filter((each: {from: string}) => each.from === 'outside')
    const found = from.map(({to, target}: {to: string; target: string}) => `${to} ${target.replace(/^.*,/, '')}`)
    for (const each of ['north-1 5432', 'north-1 tcp 5432', 'north-1 tcp 33333', 'north-2 udp 500'])
      t.ok(found.includes(each), each)
    await must(cmc, 'host', 'apply', 'north-2')
    await must(cmc, 'host', 'apply', 'north-1')
  })

  await t.test('what somebody changed in memory is seen', async t => {
    await onGateway('swanctl --load-conns --file /dev/null; true')
    t.match(await cmc.json('vpn', 'plan', 'acme'), {exit: 5, answer: {items: [{host: 'north-2', what: /load/}]}})
    for (const vpn of ['acme', 'globex']) await must(cmc, 'vpn', 'apply', vpn)
    t.match(await cmc.json('vpn', 'plan', 'acme'), {exit: 0})
  })

  const authority = async () => (await cmc.json('vpn', 'sheet', 'acme')).answer.authority as string

  await t.test('certificates of our authority take the place of a key', async t => {
    const change = (text: string) => text.replace('{method: psk}', '{method: our-certificate}')
    await applied('acme', 'cust-1', change)
    const [, chain = '', key = ''] = /^(.*?)(-----BEGIN (?:EC )?PRIVATE KEY.*)$/s.exec(await keyOf(cmc, 'acme')) ?? []
    await acme.certified('acme', {chain, key, ca: await authority()})
    await again('acme')
    t.equal((await becomes('acme', ({state}) => state === 'up')).state, 'up')
  })

  await t.test("the customer's own certificate is taken, until their authority revokes it", async t => {
    const made = await acme.run(`cd /root
      pki --gen --type ecdsa --size 384 --outform pem > ca.key
      pki --self --ca --type ecdsa --in ca.key --dn CN=acme-ca --lifetime 100 --outform pem > ca.pem
      pki --gen --type ecdsa --size 384 --outform pem > own.key
      pki --pub --type ecdsa --in own.key | pki --issue --cacert ca.pem --cakey ca.key --dn CN=vpn.acme.test --san vpn.acme.test --serial 07 --lifetime 90 --outform pem > own.pem
      pki --signcrl --cacert ca.pem --cakey ca.key --lifetime 30 --outform pem > none.crl
      pki --signcrl --cacert ca.pem --cakey ca.key --lifetime 30 --lastcrl none.crl --serial 07 --reason key-compromise --outform pem > revoked.crl
      for each in own.pem own.key ca.pem none.crl revoked.crl; do cat $each; echo ====; done`)
    const [chain = '', key = '', theirs = '', none = '', revoked = ''] = made.split(/====\n?/)
    const pem = (text: string) =>
      text
        .trim()
        .split('\n')
        .map(line => `    ${line}`)
        .join('\n')
    const with_ = (crl: string) => (text: string) =>
      text.replace(
        'authentication: {method: psk}',
        `authentication:\n  method: their-certificate\n  ca: |\n${pem(theirs)}\n  crl: |\n${pem(crl)}`,
      )
    await applied('acme', 'cust-1', with_(none))
    await acme.certified('acme', {chain, key, ca: await authority()})
    await again('acme')
    t.equal((await becomes('acme', ({state}) => state === 'up')).state, 'up')
    await applied('acme', 'cust-1', with_(revoked))
    await again('acme')
    t.match(await becomes('acme', ({fault}) => fault?.layer === 'certificate'), {
      state: 'down',
      fault: {layer: 'certificate', side: 'theirs'},
    })
    await applied('acme', 'cust-1')
    await acme.run('rm -f /etc/swanctl/x509/* /etc/swanctl/private/* /etc/swanctl/x509ca/*')
    await acme.connects('acme')
  })

  await t.test('a VPN that is removed leaves nothing, and its neighbour passes', async t => {
    t.match(await cmc.json('vpn', 'remove', 'globex'), {exit: 3})
    await must(cmc, 'vpn', 'remove', 'globex', '--confirm', 'globex/north', '--reason', 'ended')
    t.equal(
      await onGateway(
        'find /etc/swanctl /etc/selfhelp /etc/systemd /run/selfhelp -name "*globex*"; swanctl --list-conns 2>/dev/null | grep globex; nft list ruleset | grep 100.96; ip address show lo | grep 100.64.0.2',
      ),
      '',
    )
    t.equal(
      (await onHost(cmc, 'north-1', 'sh', '-c', 'ip route | grep 100.96; nft list ruleset | grep 100.96; true')).out,
      '',
    )
    t.not((await becomes('acme', ({state}) => state !== 'down')).state, 'down')
    t.match(await cmc.json('vpn', 'show', 'globex'), {exit: 3, answer: {error: {code: 'not-found'}}})
  })
})
