import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Test} from 'tap'
import {packageRoot} from '../src/root.ts'
import {inService, planned, production, sql, validated} from '../test/support/migration-house.ts'
import {must} from '../test/support/prepared.ts'
import {onHost} from '../test/support/tenant-hosts.ts'
import {filling} from './house.ts'
import type {Compared} from './pairs.ts'

const version = '0.2.0'
const schema = 'runtime/releases/0.2.0/migrations/0002-feedback-search.sql'

/** Production of that size comes to the next version: how long it is closed, part by part, beside the same parts by hand. */
export async function migration({megabytes}: {megabytes: number}): Promise<readonly Compared[]> {
  await using stack = new AsyncDisposableStack()
  const teardown = (work: () => unknown) => stack.defer(async () => void (await work()))
  // Its states are read at the end.
  const t = {teardown, match: () => true} as unknown as Test
  const house = await inService(t, '-bench')
  const {cmc} = house
  await sql(house, production, filling(megabytes))
  await must(cmc, 'backup', 'take', production, '--type', 'full')
  await must(cmc, 'backup', 'drill', production)
  const id = await validated(t, house, version)
  await planned(t, house, id)
  await byHand(house)
  const {answer} = await cmc.json('migration', 'run', id, '--confirm', production)
  const {state, closedSeconds} = answer
  if (state !== 'done') throw new Error(`the migration is ${state}: ${JSON.stringify(answer)}`)
  const {steps} = (await cmc.json('run', 'show', answer.run)).answer as {steps: readonly Step[]}
  for (const {name, startedAt, endedAt} of steps)
    console.log(`    ${((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1).padStart(7)} s  ${name}`)
  const {measured, estimated} = closedSeconds as Closed
  const within = estimated.least <= measured && measured <= estimated.most
  return [
    {name: `migration of ${megabytes} MB, closed`, ...said(measured), goal: '60 s', verdict: verdict(measured <= 60)},
    {name: 'the same beside its estimate', ...said(measured), goal: range(estimated), verdict: verdict(within)},
  ]
}

interface Step {
  readonly name: string
  readonly startedAt: string
  readonly endedAt: string
}

interface Closed {
  readonly measured: number
  readonly estimated: {readonly least: number; readonly most: number}
}

const said = (seconds: number) => ({measured: `${seconds.toFixed(1)} s`})
const range = ({least, most}: Closed['estimated']) => `${least}–${most} s`
const verdict = (met: boolean) => (met ? 'met' : 'not met')

/** Stopped, backed up, changed and started by hand; the change is taken back, so that the migration finds what was. */
async function byHand({cmc}: Awaited<ReturnType<typeof inService>>): Promise<void> {
  const {id} = (await cmc.json('environment', 'show', production)).answer
  const units = ['presentation', 'edition'].flatMap(role => [`${id}-${role}.socket`, `${id}-${role}.service`]).join(' ')
  const engine = `runuser -u postgres -- pgbackrest --config=/etc/pgbackrest/pgbackrest.conf --config-include-path=/etc/pgbackrest/conf.d --stanza=${id}`
  const change = readFileSync(join(packageRoot(), schema), 'utf8')
  const psql = 'runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1 -p 20000 -d selfhelp >/dev/null'
  const parts = [
    ['stop', 'north-1', `systemctl stop ${units}`],
    ['bare incremental', 'south-1', `cd /; ${engine} --type=incr backup`],
    ['bare psql -f', 'north-1', `cd /; ${psql} <<'SQL'\nbegin;\n${change}\nrollback;\nSQL`],
    ['start', 'north-1', `systemctl start ${units}`],
  ] as const
  let sum = 0
  for (const [name, host, script] of parts) {
    const timed = `s=$(date +%s%N)\n${script}\ncode=$?; echo $((($(date +%s%N) - s) / 1000000)); exit $code`
    const {exit, out, err} = await onHost(cmc, host, 'sh', '-c', timed)
    if (exit !== 0) throw new Error(`${name} by hand ended with ${exit}: ${err}`)
    sum += Number(out.trim().split('\n').at(-1))
    console.log(`    by hand, ${name}: ${out.trim().split('\n').at(-1)} ms`)
  }
  console.log(`    by hand, all of it: ${(sum / 1000).toFixed(1)} s`)
}
