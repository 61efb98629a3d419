import {join} from 'node:path'
import {connectLedger} from '../src/ledger/connect.ts'
import {placeOf} from '../src/ledger/place.ts'
import {packageRoot} from '../src/root.ts'
import {run} from '../test/support/process.ts'
import {type House, inService, type Production} from './house.ts'
import {type Compared, within} from './pairs.ts'

const each = 100

/** The state of the backups of 200 environments on two hosts with databases and two with repositories; a whole process. */
export async function backupStatus({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  await using house = await inService(['acme', 'globex'])
  for (const production of house.productions) await multiplied(house, production)
  const env = {PATH: process.env.PATH, SELFHELP_HOME: house.cmc.home}
  const asked = async () => {
    const before = await exchanges(house)
    const began = performance.now()
    const {out} = await run([join(packageRoot(), 'bin/selfhelp'), 'backup', 'status', '--all', '--json'], {env})
    const took = performance.now() - began
    const {items} = JSON.parse(out) as {items: {state: string; troubles: {sentence: string}[]}[]}
    const counts = (await exchanges(house)).map((count, at) => count - (before[at] ?? 0))
    console.log(`    ${items.length} environments, ${count(items)}; exchanges of each host: ${counts.join(', ')}`)
    return took
  }
  const ours = {name: 'selfhelp backup status --all', run: asked}
  return [await within({name: `backup status of ${2 * each} environments`, ours, atMost: 3000, times: pairs})]
}

function count(items: readonly {readonly state: string}[]): string {
  const states = Object.entries(Object.groupBy(items, ({state}) => state))
  return states.map(([state, some]) => `${some?.length} ${state}`).join(', ')
}

/** Sessions that sudo was asked for: one each exchange, and one that is kept ready for the next. */
async function exchanges({shell, productions}: House): Promise<readonly number[]> {
  const hosts = productions.flatMap(({database, repository}) => [database, repository])
  return Promise.all(hosts.map(async host => Number(await shell(host, 'journalctl -q -t sudo | grep -c COMMAND || :'))))
}

/**
 * More environments on the same hosts: as many stanzas of hard links, and as many ways to one PostgreSQL, so that what a
 * look costs is real and two hundred clusters need not run.
 */
async function multiplied({cmc, shell}: House, {id, database, repository}: Production): Promise<void> {
  const ids = Array.from({length: each - 1}, (_, n) => `${id.slice(0, 4)}${code(n)}`)
  const port = Number(
    await shell(database, `sed -n 's/^port = \\([0-9]*\\).*/\\1/p' /etc/postgresql/15/${id}/postgresql.conf`),
  )
  await shell(
    database,
    `cd /var/run/postgresql; for n in $(seq 1 ${each - 1}); do ln -s .s.PGSQL.${port} .s.PGSQL.$((${port} + n)); done`,
  )
  await shell(
    repository,
    `cd /var/lib/pgbackrest; for i in ${ids.join(' ')}; do cp -al ${id} $i; mv $i/archive/${id} $i/archive/$i; mv $i/backup/${id} $i/backup/$i
    sed s/${id}/$i/g /etc/pgbackrest/conf.d/${id}.conf >/etc/pgbackrest/conf.d/$i.conf; chown --reference=/etc/pgbackrest/conf.d/${id}.conf /etc/pgbackrest/conf.d/$i.conf; done`,
  )
  const ledger = await connectLedger(
    {kind: 'private', place: placeOf(cmc.home, process.env), database: 'selfhelp'},
    'owner',
  )
  try {
    await ledger.transaction(async tx => {
      await tx.all`
        create temporary table more on commit drop as select x as id, ${id} || '-' || n as tenant, n::int
        from unnest(${ids}::text[]) with ordinality m (x, n)`
      await tx.all`
        insert into tenant (name, legal_name, locale, time_zone, contract)
        select m.tenant, legal_name, locale, time_zone, contract from more m, tenant t
        where t.name = (select tenant from environment where id = ${id})`
      await tx.all`
        insert into environment (id, tenant, name, phase, version, topology)
        select m.id, m.tenant, name, phase, version, topology from more m, environment e where e.id = ${id}`
      await tx.all`
        insert into hostname (name, environment, face)
        select m.tenant || '-' || name, m.id, face from more m, hostname h where environment = ${id}`
      await tx.all`
        insert into placement (environment, role, host, reason)
        select m.id, role, host, reason from more m, placement where environment = ${id}`
      await tx.all`
        insert into port (host, port, environment, purpose)
        select host, port + n, m.id, purpose from more m, port where environment = ${id}`
      await tx.all`
        insert into backup (environment, asked_by, request) select m.id, 'jdoe', 'EV-1' from more m`
      await tx.all`
        insert into drill (id, environment, point, backup, ok, at, detail)
        select d.id || n, m.id, point, backup, ok, at, detail from more m, drill d where environment = ${id}`
    })
  } finally {
    await ledger.close()
  }
}

/** Three letters that an id may have. */
const code = (n: number): string =>
  [n % 26, Math.floor(n / 26) % 26, 25].map(at => String.fromCharCode(97 + at)).join('')
