import type {Flow} from './model.ts'
import type {RunThere} from './points.ts'
import {type Heard, portsScanned, scanFrom} from './scan.ts'
import {type Door, doorOfFlow, reachable, type Verified} from './verify.ts'

interface Outside {
  readonly doors: readonly Door[]
  readonly flows: readonly Flow[]
  /** The name of the probe point. */
  readonly from: string
}

/** Scans every host from outside, and adds what differs from the table. Throws `Failure('probe-failed')`. */
export async function withScan(
  verified: Verified,
  run: RunThere,
  {rate, ...outside}: Outside & {rate: number},
): Promise<Verified> {
  const addresses = outside.doors.flatMap(({seat}) => reachable(seat))
  const strange = judged(outside, await scanFrom(run, {addresses, rate}))
  return {...verified, scanned: addresses.length * portsScanned, items: [...verified.items, ...strange]}
}

/**
 * What a scan from outside has heard that no row allows, and what it should have heard: an edge shows what the table opens
 * to anyone, every other host nothing (R011–R013, R114).
 */
export function judged({doors, flows, from}: Outside, heard: readonly Heard[]): Verified['items'] {
  const open = flows.filter(flow => flow.from === 'anyone' && typeof flow.port === 'number')
  return doors.flatMap(({seat, listening}) => {
    const allowed = open.filter(flow => doorOfFlow(flow, seat.roles))
    const isAllowed = ({protocol, ports, state}: Heard) =>
      state === 'open' && allowed.some(flow => flow.protocol === protocol && `${flow.port}` === ports)
    return reachable(seat).flatMap(address => {
      const about = {from, to: seat.name}
      const here = heard.filter(each => each.address === address)
      const strange = here
        .filter(each => !isAllowed(each))
        .map(({protocol, ports, state}) => {
          const target = `${address},${protocol} ${ports}`
          return {...about, target, expected: 'refused by a firewall', found: state} as const
        })
      const ports = new Set(allowed.map(({port}) => Number(port)).filter(port => listening.has(port)))
      const missing = [...ports]
        .filter(port => !here.some(({ports, state}) => ports === `${port}` && state === 'open'))
        .map(port => ({...about, target: `${address},tcp ${port}`, expected: 'passes', found: 'no-answer'}) as const)
      return [...strange, ...missing]
    })
  })
}
