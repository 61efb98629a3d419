import t from 'tap'
import {whyNoLab} from '../support/lab.ts'
import {must} from '../support/prepared.ts'
import {keyOf} from '../support/vpn-customer.ts'
import {vpnJourney} from '../support/vpn-journey.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()

t.test('VPNs under faults', {skip: why ?? false, timeout: 1_450_000}, async t => {
  const {cmc, acme, applied, onGateway, becomes, again} = await vpnJourney(t, {name: '-vpnf', south: 1})
  const up = async (vpn: string) => t.equal((await becomes(vpn, ({state}) => state === 'up')).state, 'up')

  await t.test('a gateway that lost its power comes back by itself with what was agreed', async t => {
    await applied('acme', 'cust-1')
    await acme.connects('acme')
    await up('acme')
    await must(cmc, 'lab', 'kill', 'north-2', '--lab', cmc.lab)
    t.match((await cmc.json('vpn', 'status', 'acme')).answer.items[0], {state: 'down', fault: {layer: 'gateway'}})
    await must(cmc, 'lab', 'start', 'north-2', '--lab', cmc.lab)
    await up('acme')
    t.match(await cmc.json('vpn', 'plan', 'acme'), {exit: 0, answer: {items: []}}, 'nobody has to apply anything')
  })

  await t.test('so does a device of the customer', async () => {
    await must(cmc, 'lab', 'reboot', 'cust-1', '--lab', cmc.lab)
    await up('acme')
  })

  await t.test('a gateway that an earlier version has set up is told by the doctor', async t => {
    const found = async () => {
      const {answer} = await cmc.json('doctor', '--all')
      return answer.items.find(
        ({check, subject}: Record<string, string>) => check === 'vpn' && subject === 'acme/north',
      )
    }
    t.match(await found(), {state: 'fine'})
    await onGateway('rm /etc/selfhelp/vpn/acme.stamp; sed -i s/mail/post/ /etc/selfhelp/vpn/acme.probe')
    t.match(await found(), {state: 'difference', found: /2 to change/, remedy: 'selfhelp vpn apply acme/north'})
    await must(cmc, 'vpn', 'apply', 'acme', '--reason', 'new version')
    t.match(await found(), {state: 'fine'})
  })

  const authority = async () => (await cmc.json('vpn', 'sheet', 'acme')).answer.authority as string
  const handedOver = async () => {
    const [, chain = '', key = ''] = /^(.*?)(-----BEGIN (?:EC )?PRIVATE KEY.*)$/s.exec(await keyOf(cmc, 'acme')) ?? []
    return {chain, key, ca: await authority()}
  }

  await t.test('a certificate that has leaked opens nothing once it was replaced', async t => {
    await applied('acme', 'cust-1', text => text.replace('{method: psk}', '{method: our-certificate}'))
    await acme.certified('acme', await handedOver())
    await again('acme')
    await up('acme')
    await must(cmc, 'vpn', 'rotate-secret', 'acme', '--reason', 'yearly')
    t.equal((await becomes('acme', ({state}) => state === 'up')).state, 'up', 'what is up goes on')
    await must(cmc, 'vpn', 'rotate-secret', 'acme', '--now', '--reason', 'it leaked')
    await acme.run('swanctl --initiate --child self-help-north --timeout 3 >/dev/null 2>&1; true')
    t.match(await becomes('acme', ({fault}) => fault?.layer === 'certificate'), {
      state: 'down',
      fault: {layer: 'certificate', side: 'theirs', sentence: /handed over last/},
    })
    await acme.certified('acme', await handedOver())
    await again('acme')
    await up('acme')
  })

  await t.test('a certificate of another authority than was agreed is refused, and told', async t => {
    const made = await acme.run(`cd /root
      for ca in agreed other; do
        pki --gen --type ecdsa --size 384 --outform pem > $ca.key
        pki --self --ca --type ecdsa --in $ca.key --dn CN=$ca --lifetime 100 --outform pem > $ca.pem
      done
      pki --gen --type ecdsa --size 384 --outform pem > own.key
      for ca in agreed other; do
        pki --pub --type ecdsa --in own.key | pki --issue --cacert $ca.pem --cakey $ca.key --dn CN=vpn.acme.test --san vpn.acme.test --lifetime 90 --outform pem > by-$ca.pem
      done
      for each in own.key agreed.pem by-agreed.pem by-other.pem; do cat $each; echo ====; done`)
    const [key = '', agreed = '', good = '', wrong = ''] = made.split(/====\n?/)
    const indented = agreed.trim().replaceAll('\n', '\n    ')
    const method = `authentication:\n  method: their-certificate\n  ca: |\n    ${indented}`
    await applied('acme', 'cust-1', text => text.replace('authentication: {method: psk}', method))
    const shows = async (chain: string) => {
      await acme.certified('acme', {chain, key, ca: await authority()})
      await again('acme')
    }
    await shows(wrong)
    await acme.run('swanctl --initiate --child self-help-north --timeout 3 >/dev/null 2>&1; true')
    t.match(await becomes('acme', ({fault}) => fault?.layer === 'certificate'), {
      state: 'down',
      fault: {layer: 'certificate', side: 'theirs', sentence: /another authority/},
    })
    await shows(good)
    await up('acme')
  })
})
