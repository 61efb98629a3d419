import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {packageRoot} from '../src/root.ts'
import {must} from '../test/support/prepared.ts'
import {type House, inService, type Production, psql} from './house.ts'
import {type Compared, compare, median, type Side, within} from './pairs.ts'

const port = 20_000

/** A full backup, and restores of a database of that size beside the same by hand. */
export async function restore({pairs, megabytes}: {pairs: number; megabytes: number}): Promise<readonly Compared[]> {
  await using house = await inService(['acme'], megabytes)
  const [production] = house.productions
  if (production === undefined) return []
  const [first] = await fullBackup(house, production)
  const share = {
    name: 'selfhelp backup take, less its engine',
    run: async () => (await fullBackup(house, production))[1],
  }
  const atMost = Math.max(300, 0.05 * (first ?? 0))
  const own = await within({name: 'own share of a full backup', ours: share, atMost, times: Math.min(pairs, 5)})
  const forecasts: Forecast[] = []
  const opened: number[] = []
  const ours: Side = {
    name: 'selfhelp restore run, closed',
    run: async () => {
      const {forecast, closed, until} = await restored(house, production)
      forecasts.push(forecast)
      opened.push(until)
      return closed
    },
  }
  const peer = byHand(house, production)
  const closed = await compare({name: `restore of ${megabytes} MB, closed`, ours, peer, atMost: 1.3, pairs})
  return [own, closed, inRange(forecasts, opened)]
}

/** Milliseconds of the engine, and those of the command around it. */
async function fullBackup({cmc, shell}: House, {name, id, repository}: Production): Promise<[number, number]> {
  const began = performance.now()
  await must(cmc, 'backup', 'take', name, '--type', 'full')
  const took = performance.now() - began
  const unit = `-p ExecMainStartTimestampMonotonic -p ExecMainExitTimestampMonotonic --value ${id}-backup-full.service`
  const [start = 0, end = 0] = (await shell(repository, `systemctl show ${unit}`)).split('\n').map(Number)
  const engine = Math.abs(end - start) / 1000
  console.log(`    a full: ${took.toFixed(0)} ms, of them its engine ${engine.toFixed(0)} ms`)
  return [engine, took - engine]
}

interface Forecast {
  readonly seconds: {readonly least: number; readonly most: number}
  readonly closedSeconds: {readonly least: number; readonly most: number}
}

/** One to a moment before the last commits: what was foreseen, how long it was closed and until when it took, in ms. */
async function restored(house: House, production: Production) {
  const {cmc} = house
  const target = await commits(house, production)
  const words = ['--by', 'jdoe', '--channel', 'support', '--ticket', 'EV-2']
  const {answer} = await cmc.json('restore', 'request', 'acme', '--at', target, ...words)
  const request: string = answer.request.id
  const forecast: Forecast = JSON.parse(await must(cmc, 'restore', 'plan', request, '--json'))
  await must(cmc, 'restore', 'agree', request, '--at', new Date().toISOString(), '--by', 'jdoe')
  const began = Date.now()
  await must(cmc, 'restore', 'run', request, '--confirm', production.name)
  const {detail} = (await cmc.json('restore', 'show', request)).answer
  const [window] = Object.values(detail.closed as Record<string, {from: string; to: string}>)
  const [from, to] = [Date.parse(window?.from ?? ''), Date.parse(window?.to ?? '')]
  return {forecast, closed: to - from, until: to - began}
}

function byHand(house: House, production: Production): Side {
  const script = readFileSync(join(packageRoot(), 'bench/restore.sh'), 'utf8')
  const on = async (host: string, ...words: readonly string[]) => {
    const out = await house.shell(host, `exec bash -s -- ${words.join(' ')} <<'SCRIPT'\n${script}\nSCRIPT`)
    const times = [...out.matchAll(/^([\d.]+) (\S+)$/gm)].map(([, at, part]) => ({at: 1000 * Number(at), part}))
    for (const [n, {at, part}] of times.entries())
      if (n > 0) console.log(`    by hand, ${part}: ${(at - (times[n - 1]?.at ?? 0)).toFixed(0)} ms`)
    return (times.at(-1)?.at ?? 0) - (times[0]?.at ?? 0)
  }
  return {
    name: 'restore, start and incremental',
    run: async () => {
      const target = (await commits(house, production)).replace('T', "' '").replace('Z', '+00')
      const laid = await on(production.database, 'restore', production.id, target, `${port}`)
      return laid + (await on(production.repository, 'incremental', production.id))
    },
  }
}

/** Twenty of them, in the repository with one after; gives the time of the tenth. */
async function commits({shell}: House, {id, database}: Production): Promise<string> {
  const ask = (statement: string) => shell(database, `${psql} <<'SQL'\n${statement}\nSQL`)
  await ask(`do $$ begin for i in 1..20 loop
    insert into content.feedback (procedure, step, helpful, answers, release, at) values (gen_random_uuid()::text, 's', true, '{}', '0', now());
    commit; perform pg_sleep(0.02); end loop; end $$`)
  const target =
    await ask(`select to_char(pg_xact_commit_timestamp(xmin) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    from content.feedback where answers = '{}' order by pg_xact_commit_timestamp(xmin) desc offset 10 limit 1`)
  await shell(database, `systemctl start ${id}-heartbeat.service`)
  const segment = await ask('select pg_walfile_name(pg_switch_wal())')
  await shell(
    database,
    `for n in $(seq 1 300); do last=$(echo 'select substr(last_archived_wal, 1, 24) from pg_stat_archiver' | ${psql})
    [ "$last" '<' ${segment} ] || exit 0; sleep 0.2; done; exit 1`,
  )
  return target
}

/** The range of the first forecast, until it opens again, and the median of all. */
function inRange(forecasts: readonly Forecast[], opened: readonly number[]): Compared {
  const {least = 0, most = 0} = forecasts[0]?.seconds ?? {}
  const seconds = median(opened) / 1000
  for (const {seconds: all, closedSeconds: shut} of forecasts)
    console.log(`    foreseen ${all.least}–${all.most} s, closed ${shut.least}–${shut.most} s`)
  const verdict = least <= seconds && seconds <= most ? 'met' : 'not met'
  return {
    name: 'restores beside their forecast',
    measured: `${seconds.toFixed(0)} s`,
    goal: `${least}–${most} s`,
    verdict,
  }
}
