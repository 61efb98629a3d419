import {type Host, seatOf} from '../host/model.ts'
import {fleetOf} from '../host/steps.ts'
import {allottedPorts} from '../ledger/census.ts'
import type {Probe} from '../probe/model.ts'
import {fromProbe, probesOf} from '../probe/steps.ts'
import {type Check, type Finding, finding} from './model.ts'

/** Remote shells, desktops, databases and what else a server should not show. */
const telling = [21, 22, 23, 25, 80, 111, 389, 443, 445, 2379, 3306, 3389, 5432, 5900, 6379, 8080, 8404, 8443, 9090]

/** From every probe point: only 443, and 80 that redirects, answer on an edge; elsewhere nothing (R011–R013). */
export const outside: Check = {
  name: 'outside',
  run: async ({ledger}) => {
    const [probes, fleet, allotted] = await Promise.all([probesOf(ledger), fleetOf(ledger), allottedPorts(ledger)])
    const portsOf = ({name}: Host) => [...telling, ...allotted.filter(each => each.host === name).map(({port}) => port)]
    const all = probes.flatMap(probe => fleet.map(host => scanned(probe, host, portsOf(host))))
    return Promise.all(all)
  },
}

async function scanned(probe: Probe, host: Host, ports: readonly number[]): Promise<Finding> {
  const allowed = host.roles.includes('edge') ? [80, 443] : []
  const targets = seatOf(host).addresses.flatMap(address => ports.map(port => `${port} ${address}`))
  const {exit, out, err} = await fromProbe(probe, ['bash', '-c', program, 'scan', ...targets])
  const open = [...new Set(out.split('\n').filter(Boolean).map(Number))].sort((a, b) => a - b)
  const unasked = open.filter(port => !allowed.includes(port))
  return finding(
    {
      ...{check: 'outside', subject: `${host.name} from ${probe.name}`},
      expected: allowed.length === 0 ? 'nothing answers' : `only ${allowed.join(' and ')} answer`,
      found: exit === 0 ? open.join(', ') || 'nothing answers' : err.trim().slice(0, 200),
      remedy: exit === 0 ? `selfhelp host drift ${host.name}` : 'selfhelp probe list',
    },
    exit === 0 && unasked.length === 0,
  )
}

/** Tries all at once; each argument is a port and an address with a blank between. */
const program = `for each in "$@"; do
  (timeout 3 bash -c ': <"/dev/tcp/$1/$0"' \${each} 2>/dev/null && echo "\${each%% *}") &
done
wait`
