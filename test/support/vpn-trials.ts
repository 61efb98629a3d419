// The runbooks about VPNs, each in a world of scripted machines whose charon outlives its process too.
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Platform} from '../../src/environment/steps.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'
import {addVpn} from '../../src/vpn/add.ts'
import {vpnApply} from '../../src/vpn/apply.ts'
import {fingerprintOf} from '../../src/vpn/key.ts'
import {vpnLook} from '../../src/vpn/look.ts'
import type {Spec} from '../../src/vpn/model.ts'
import {vpnRemove} from '../../src/vpn/remove.ts'
import {spisOf, vpnRekey, vpnRotate} from '../../src/vpn/rotate.ts'
import {acme} from '../vpn/agreed.ts'
import type {Killable, Place} from './killable.ts'
import {leapingClock, memoryRun} from './memory-run.ts'
import {gatewayMachine} from './vpn-charon.ts'
import {fleetRows, tenantRow} from './vpn-world.ts'

const input = {vpn: 'acme/north', tenant: 'acme', hosts: ['north-9', 'north-1'], environments: ['acme/production']}
const certified: Spec = {...acme, authentication: {method: 'our-certificate'}}

export const applying = (place: Place) => trial(place, vpnApply, {begin: async () => input})

export const rekeying = (place: Place) =>
  trial(place, vpnRekey, {
    begin: async world => {
      await standing(world)
      return {...input, before: (await spisOf(world.platform, input.vpn))[0]}
    },
  })

export const rotating = (place: Place) =>
  trial(place, vpnRotate, {
    spec: certified,
    begin: async world => {
      await standing(world)
      return {...input, before: await fingerprintOf(world.platform, certified), now: true}
    },
  })

export const removing = (place: Place) =>
  trial(place, vpnRemove, {
    begin: async world => {
      await standing(world)
      return input
    },
  })

export const looking = (place: Place) =>
  trial(place, vpnLook, {
    begin: async world => {
      await standing(world)
      world.fails()
      return {}
    },
  })

interface World {
  readonly ledger: Ledger
  readonly platform: Platform
  /** From now on no server of the customer answers. */
  fails(): void
}

interface Told {
  readonly spec?: Spec
  begin(world: World): Promise<unknown>
}

function trial(place: Place, bookOn: (platform: Platform) => Runbook<never>, {spec = acme, begin}: Told): Killable {
  const {ledger, folder} = place
  const machines = new Map(['north-1', 'north-9'].map(name => [name, gatewayMachine(name, folder)]))
  const platform = platformOn(place, machines)
  const before = join(folder, 'effects-before.json')
  const effects = () => {
    const all = [...machines].flatMap(([host, {effects}]) =>
      [...effects].map(([what, times]) => [`${host} ${what}`, times]),
    )
    return Object.fromEntries(all) as Record<string, number>
  }
  return {
    runbook: bookOn(platform) as unknown as Runbook,
    begin: async () => {
      await putSetting(ledger, 'base-domain', 'ezvsaas.test')
      await fleetRows(ledger)
      await tenantRow(ledger, 'acme')
      await addVpn(ledger, spec)
      const made = await begin({ledger, platform, fails: () => machines.get('north-9')?.fails()})
      writeFileSync(before, JSON.stringify(effects()))
      return made
    },
    state: async () => {
      const there = [...machines].map(([host, {there, charon}]) => [host, [...there].sort(), charon()])
      const rows = {
        vpn: await ledger.all`select tenant, site, number, gateway from vpn`,
        secret: await ledger.all`select name from secret order by name`,
        event: await ledger.all`select kind, subject, closed_at is null open from event order by kind`,
        schedule: await ledger.all`select name from schedule order by name`,
      }
      // Keys are made anew by each world.
      return JSON.parse(
        JSON.stringify({there, rows})
          .replace(/[0-9a-f]{64}/g, '<hash>')
          .replace(pem, '<pem>'),
      )
    },
    effects: async () => {
      const earlier = JSON.parse(readFileSync(before, 'utf8')) as Record<string, number>
      return Object.fromEntries(Object.entries(effects()).map(([what, times]) => [what, times - (earlier[what] ?? 0)]))
    },
  }
}

const pem = /-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----/g

function platformOn(
  {ledger, folder}: Place,
  machines: ReadonlyMap<string, ReturnType<typeof gatewayMachine>>,
): Platform {
  const keyFile = join(folder, 'key')
  if (!existsSync(keyFile)) writeKeys(keyFile, [newKey()])
  const never = async () => {
    throw new RangeError('a VPN needs none')
  }
  return {
    ledger,
    secrets: secretStore(ledger, keyFile),
    clock: leapingClock(),
    machine: async name => {
      const machine = machines.get(name)
      if (!machine) throw new RangeError(`there is no ${name}`)
      return machine
    },
    ...{authority: never, release: never, page: never},
  }
}

/** The VPN has been applied, and the customer has answered. */
async function standing({platform}: World): Promise<void> {
  const at = {operator: 'ann@cmc.test', reason: undefined, fence: (lock: string) => ({lock, run: 'before', epoch: 1})}
  const end = await memoryRun({at}).follow(vpnApply(platform).steps(input))
  if (end.state !== 'done') throw new Error(`applying ended ${JSON.stringify(end)}`)
}
