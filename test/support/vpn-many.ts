import {makeWorld} from '../../src/cli/make-world.ts'
import {runsOf} from '../../src/cli/runs.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {systemStreams} from '../../src/terminal/streams.ts'
import {addVpn} from '../../src/vpn/add.ts'
import {forTheCustomer} from '../../src/vpn/key.ts'
import type {Spec} from '../../src/vpn/model.ts'
import {checkedSpec} from '../../src/vpn/read.ts'
import {buildVpnApply, vpnInput} from '../../src/vpn/register.ts'
import {sheetOf} from '../../src/vpn/sheet.ts'
import type {Centre} from './centre.ts'
import type {Customer} from './vpn-customer.ts'
import {example, tenantRow} from './vpn-world.ts'

/** Customers of one gateway, all behind one device: the first is the neighbour of all edits. */
export interface Many {
  readonly names: readonly string[]
  /** Twenty times something else is agreed with the second of them, and applied; in the end what was agreed at first. */
  edit(): Promise<void>
  close(): Promise<void>
}

/** As many customers, applied and connected; in this process, since each command would start one of its own. */
export async function manyCustomers(cmc: Centre, device: Customer, count: number): Promise<Many> {
  const never = new AbortController().signal
  const env = {PATH: process.env.PATH, SELFHELP_HOME: cmc.home}
  const interruption = {soon: never, now: never}
  const world = makeWorld({env, streams: systemStreams(), interruption, quiet: true})
  const [ledger, platform] = await Promise.all([world.ledger(), platformOf(world)])
  const runs = runsOf(world)
  const {address} = await cmc.host(device.host)
  const numbers = Array.from({length: count}, (_, at) => 101 + at)
  const apply = async (spec: Spec) => {
    await addVpn(ledger, spec)
    const request = {command: 'vpn apply', input: {vpn: spec.tenant}, reason: 'test'}
    await runs.execute({runbook: await buildVpnApply(world), input: await vpnInput(world, spec.tenant), request})
  }
  const files: string[] = []
  for (const number of numbers) {
    const spec = specOf(number, address)
    await tenantRow(ledger, spec.tenant)
    await apply(spec)
    const [{peerConfiguration = ''}, key] = [
      await sheetOf(platform, spec.tenant, 'en'),
      await forTheCustomer(platform, spec),
    ]
    const text = peerConfiguration.replace('PUT THE KEY HERE', key.expose().trim())
    files.push(text.replaceAll('self-help-north', spec.tenant))
  }
  await connected(device, address, {numbers, files})
  return {
    names: numbers.map(nameOf),
    edit: async () => {
      const [, second = 0] = numbers
      for (let time = 1; time < 20; time++) await apply(specOf(second, address, `10.${second}.${200 + time}.0/24`))
      await apply(specOf(second, address))
    },
    close: async () => {
      await runs[Symbol.asyncDispose]()
      await world.close()
    },
  }
}

const nameOf = (number: number): string => `many-${number}`

/** An address of the device, a network and one server for each. */
function specOf(number: number, device: string, more?: string): Spec {
  const own = device.replace(/\d+$/, `${number}`)
  const text = example
    .replaceAll('acme', nameOf(number))
    .replace('203.0.113.7', own)
    .replace('10.20.0.0/16}', `10.${number}.0.0/17}${more ? `\n  - {network: ${more}}` : ''}`)
    .replace('10.20.0.10', `10.${number}.0.10`)
    .replace(/ {2}- \{name: mail.*\n/, '')
  const {document, problems} = checkedSpec(Buffer.from(text))
  if (problems.length > 0) throw new RangeError(JSON.stringify(problems))
  return document as Spec
}

async function connected(
  device: Customer,
  address: string,
  {numbers, files}: {numbers: readonly number[]; files: readonly string[]},
): Promise<void> {
  const peers = numbers.map(number => address.replace(/\d+$/, `${number}`))
  const servers = numbers.map(number => `10.${number}.0.10`)
  await device.run(`for each in ${peers.join(' ')}; do ip address replace $each/24 dev eth0; done
for each in ${servers.join(' ')}; do ip address replace $each/32 dev lo; done
systemd-run -q --unit=many perl /root/server.pl ${servers.map(each => `${each},636`).join(' ')}
cat > /etc/swanctl/conf.d/many.conf <<'END_OF_FILE'
${files.join('\n')}
END_OF_FILE
systemctl restart strongswan`)
}
