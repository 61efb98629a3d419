import type {Table, View} from '../terminal/view.ts'
import type {HostStatus, LabStatus} from './status.ts'

const tones = {running: 'good', paused: 'warn', stopped: 'dim', broken: 'bad'} as const

/** A lab's hosts as rows, and where "from outside" is. */
export function labRows(status: LabStatus): View {
  const {lab, outside} = status
  return [hostTable(status.hosts), `from outside: selfhelp lab outside --lab ${lab} -- CMD   (${outside.address})`]
}

/** One host, after something was done to it. */
export const hostRow = (host: HostStatus): View => hostTable([host])

function hostTable(hosts: readonly HostStatus[]): Table {
  return {
    heads: ['name', 'site', 'state', 'faults', 'address', 'address6', 'host key'],
    rows: hosts.map(host => [
      host.name,
      host.site,
      {text: host.state, tone: tones[host.state]},
      {text: host.faults.join(' '), tone: 'warn'},
      host.address,
      host.address6,
      host.hostKey,
    ]),
    empty: 'The lab has no hosts.',
  }
}
