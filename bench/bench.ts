// npm run bench [-- NAME … --pairs N --size MB]: ratios against the fastest peer we can write; nothing fails by being slow.
import {loadavg} from 'node:os'
import {parseArgs} from 'node:util'
import {backupStatus} from './backup-status.ts'
import {calendar} from './calendar.ts'
import {certificateList} from './certificate-list.ts'
import {edge} from './edge.ts'
import {flow} from './flow.ts'
import {flowVerify} from './flow-verify.ts'
import {hostPlan} from './host-plan.ts'
import {labUp} from './lab-up.ts'
import {ledger, tenantList} from './ledger.ts'
import {migration} from './migration.ts'
import type {Compared} from './pairs.ts'
import {restore} from './restore.ts'
import {scheduleTick} from './schedule.ts'
import {start} from './start.ts'
import {tenantCreate} from './tenant-create.ts'
import {vpn} from './vpn.ts'

interface How {
  /** Interleaved pairs; seven or more count. */
  readonly pairs: number
  /** Of a database that is large. */
  readonly megabytes: number
}

const parts: Readonly<Record<string, (how: How) => Promise<readonly Compared[]>>> = {
  start,
  'tenant-list': tenantList,
  ledger,
  'certificate-list': certificateList,
  calendar,
  schedule: scheduleTick,
  flow,
  'lab-up': labUp,
  'host-plan': hostPlan,
  'tenant-create': tenantCreate,
  edge,
  'backup-status': backupStatus,
  restore,
  migration,
  'flow-verify': flowVerify,
  vpn,
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {pairs: {type: 'string', default: '7'}, size: {type: 'string', default: '2048'}},
})
const unknown = positionals.filter(name => !(name in parts))
if (unknown.length > 0)
  throw new RangeError(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)

const results: Compared[] = []
for (const [name, run] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  console.log(`\n== ${name}   (load ${loadavg()[0]?.toFixed(1)})`)
  results.push(...(await run({pairs: Number(values.pairs), megabytes: Number(values.size)})))
}

console.log('')
for (const {name, measured, goal, verdict} of results)
  console.log(`${name.padEnd(36)} ${measured.padStart(9)}  goal ≤ ${goal.padEnd(9)}  ${verdict}`)
