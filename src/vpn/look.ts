import type {Platform} from '../environment/steps.ts'
import {reportFindings} from '../event/steps.ts'
import {putSchedule, type ScheduleRow, schedules} from '../ledger/schedule.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {listVpns} from './list.ts'
import {vpnName} from './model.ts'
import {type VpnStatus, vpnStatus} from './status.ts'

/** Gateways probe each 30 s by themselves; what they found becomes events here. */
const lookSchedule: Omit<ScheduleRow, 'since'> = {
  name: 'vpn-look',
  recurrence: '*/5 * * * *',
  zone: 'UTC',
  runbook: 'vpn-look',
  input: {},
  catchUp: false,
}

const kinds = ['vpn-down', 'vpn-degraded']

/** Looks at every VPN, opens an event for each that is not well and settles those that are again. */
export function vpnLook(platform: Platform): Runbook<object> {
  return runbook<object>({
    id: 'vpn-look',
    bySchedule: true,
    change: 'configuration',
    title: () => 'look at all VPNs',
    subject: () => 'vpns',
    tenant: () => undefined,
    environments: () => [],
    locks: () => ['vpn:look'],
    steps: () => {
      // Asked anew by each attempt: what was seen before a crash is no longer what is.
      let looked = false
      return [
        step('vpns-are-looked-at', {
          holds: async () => looked,
          make: async at => {
            const {items} = await listVpns(platform.ledger)
            const names = items.map(({spec}) => vpnName(spec))
            const found = await Promise.all(names.map(name => vpnStatus(platform, name)))
            for (const status of found) await note(platform, status, at)
            looked = true
          },
        }),
      ]
    },
  })
}

/** The look is scheduled from the first VPN on. */
export function lookIsScheduled({ledger}: Pick<Platform, 'ledger'>): Fact {
  return {
    holds: async () => (await schedules(ledger)).some(({name}) => name === lookSchedule.name),
    make: async () => putSchedule(ledger, lookSchedule),
  }
}

async function note({ledger, clock}: Platform, {vpn, state, fault, drift}: VpnStatus, at: At): Promise<void> {
  const finding = {
    ...{kind: `vpn-${state}`, subject: vpn, tenant: vpn.split('/')[0], owner: at.operator},
    remedy: `selfhelp vpn status ${vpn}`,
    detail: {...fault, drift},
  }
  const found = state === 'up' ? [] : [finding]
  await ledger.transaction(tx => reportFindings(tx, {subject: vpn, kinds, found}, clock.now()))
  if (fault) at.tell(`${vpn}: ${fault.sentence}`)
}
