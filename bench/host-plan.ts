import {join} from 'node:path'
import {packageRoot} from '../src/root.ts'
import {prepared, typed} from './centre.ts'
import {type Compared, program, within} from './pairs.ts'

const hosts = 8

/** The forecast of eight hosts that are as wanted; a whole process, one exchange with each. */
export async function hostPlan({pairs}: {pairs: number}): Promise<Compared[]> {
  await using centre = await prepared(hosts)
  const {cmc} = centre
  const {items} = JSON.parse(await typed(cmc, 'host', 'plan', '--all', '--json')) as {items: Item[]}
  for (const {host, changes, roundTrips} of items)
    if (changes.length > 0 || roundTrips !== 1)
      console.log(`    ${host}: ${changes.length} changes, ${roundTrips} exchanges; wanted none, and one`)
  const argv = [join(packageRoot(), 'bin/selfhelp'), 'host', 'plan', '--all']
  const ours = program('selfhelp host plan --all', argv, {SELFHELP_HOME: cmc.home})
  return [await within({name: `host plan, ${items.length} unchanged hosts`, ours, atMost: 1000, times: pairs})]
}

interface Item {
  readonly host: string
  readonly changes: readonly unknown[]
  readonly roundTrips: number
}
