// npm run bench [-- NAME … --pairs N]: ratios against the fastest peer we can write; nothing fails by being slow.
import {loadavg} from 'node:os'
import {parseArgs} from 'node:util'
import {calendar} from './calendar.ts'
import {certificateList} from './certificate-list.ts'
import {edge} from './edge.ts'
import {flow} from './flow.ts'
import {hostPlan} from './host-plan.ts'
import {labUp} from './lab-up.ts'
import {ledger, tenantList} from './ledger.ts'
import type {Compared} from './pairs.ts'
import {scheduleTick} from './schedule.ts'
import {start} from './start.ts'
import {tenantCreate} from './tenant-create.ts'

interface How {
  /** Interleaved pairs; seven or more count. */
  readonly pairs: number
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
}

const {values, positionals} = parseArgs({allowPositionals: true, options: {pairs: {type: 'string', default: '7'}}})
const unknown = positionals.filter(name => !(name in parts))
if (unknown.length > 0)
  throw new RangeError(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)

const results: Compared[] = []
for (const [name, run] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  console.log(`\n== ${name}   (load ${loadavg()[0]?.toFixed(1)})`)
  results.push(...(await run({pairs: Number(values.pairs)})))
}

console.log('')
for (const {name, measured, goal, verdict} of results)
  console.log(`${name.padEnd(36)} ${measured.padStart(9)}  goal ≤ ${goal.padEnd(9)}  ${verdict}`)
