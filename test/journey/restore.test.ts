// Backups are proven by restoring them: to thirty moments of a compressed day, over three lines of history.
import t, {type Test} from 'tap'
import {type Centre, centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'
import {type PointInTime, pointInTime} from '../support/point-in-time.ts'
import {application, must, prepared} from '../support/prepared.ts'
import {acmeFile, onHost} from '../support/tenant-hosts.ts'
import {changeNothing} from '../support/unchanged.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()
const production = 'acme/production'

t.test(
  'production goes to exactly the moment asked for, and back, and nobody else notices',
  {skip: why ?? false},
  async t => {
    const cmc = await centre(t, '-restore', [
      {name: 'north', count: 1},
      {name: 'south', count: 1},
    ])
    await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
    await prepared(cmc, {'north-1': application, 'south-1': ['repository']})
    await must(cmc, 'tenant', 'create', 'acme', '--contract', acmeFile)
    await must(cmc, 'tenant', 'hand-over', 'acme', '--by', 'jdoe')
    await notBefore(t, cmc)
    await must(cmc, 'environment', 'activate', production, '--request', 'EV-1', '--by', 'jdoe')
    t.equal((await cmc.type('backup', 'status', '--all')).exit, 0, 'backups are as promised')
    const id = (await cmc.json('environment', 'show', production)).answer.id
    const house = {cmc, id}

    await using moments = await pointInTime(cmc.home, production)
    await exact(t, house, moments)
    const first = await back(t, house, run => diesOncePerStep(t, cmc, run))
    await exact(t, house, moments)
    await back(t, house, async run => void (await must(cmc, 'run', 'resume', run)))
    await exact(t, house, moments)
    const undone = await cmc.type('restore', 'undo', first, '--confirm', production)
    t.equal(undone.exit, 0, `the first one can still be taken back: ${undone.err}`)
    t.match(await cmc.json('restore', 'show', first), {answer: {state: 'undone'}})
    await faults(t, house)
  },
)

interface House {
  readonly cmc: Centre
  readonly id: string
}

/** Before it is in service there is nothing to restore, and only who may decide puts it there. */
async function notBefore(t: Test, cmc: Centre) {
  t.match((await cmc.json('backup', 'status', production)).answer, {
    items: [{state: 'inactive', phase: 'implementation'}],
  })
  t.equal((await cmc.type('backup', 'take', production)).exit, 3, 'R120')
  const request = ['restore', 'request', 'acme', '--by', 'jdoe', '--channel', 'support', '--ticket', 'EV-2']
  t.equal((await cmc.type(...request, '--at', '2026-01-01T00:00:00Z')).exit, 3, 'R120')
  const activate = ['environment', 'activate', '--request', 'EV-1']
  t.equal((await cmc.type(...activate, production, '--by', 'secu')).exit, 3, 'R123')
  t.equal((await cmc.type(...activate, 'acme/qualification', '--by', 'jdoe')).exit, 3, 'R228')
}

/** Ten moments of what was just written, at the edges of commits too: exactly what was committed at or before each. */
async function exact(t: Test, house: House, moments: PointInTime) {
  await write(house, 60)
  await must(house.cmc, 'backup', 'take', production)
  await write(house, 60)
  await archived(house)
  const commits = (
    await sql(
      house,
      'select pg_xact_commit_timestamp(xmin) at time zone $$UTC$$, procedure from content.feedback order by 1',
    )
  )
    .split('\n')
    .map(line => line.split('|') as [string, string])
    .map(([time, name]) => ({time: `${time.replace(' ', 'T')}Z`, name}))
  const recent = commits.slice(-55, -3)
  for (let n = 0; n < 10; n++) {
    const edge = recent[Math.floor(Math.random() * recent.length)]?.time ?? ''
    const target = n % 3 === 0 ? edge : shifted(edge, n % 3 === 1 ? -1 : Math.floor(Math.random() * 40_000))
    const wanted = commits.filter(({time}) => micros(time) <= micros(target)).map(({name}) => name)
    const found = await moments.at(target, 'select procedure from content.feedback order by 1')
    t.strictSame(found.split('\n').sort(), wanted.sort(), `${wanted.length} of ${commits.length} commits at ${target}`)
  }
}

/** A restore of production, followed to its end as told, while its neighbour is used all the time. */
async function back(t: Test, house: House, follow: (run: string) => Promise<void>): Promise<string> {
  const {cmc} = house
  const target = await sql(
    house,
    'select to_char(pg_xact_commit_timestamp(xmin) at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') from content.feedback order by pg_xact_commit_timestamp(xmin) desc offset 20 limit 1',
  )
  const before = Number(await sql(house, 'select count(*) from content.feedback'))
  const words = ['--by', 'jdoe', '--channel', 'support', '--ticket', 'EV-3']
  const {answer} = await cmc.json('restore', 'request', 'acme', '--at', target, ...words)
  const request = answer.request.id
  const hosts = ['north-1', 'south-1']
  await changeNothing(t, cmc, {hosts, plans: [['restore', 'plan', request]]})
  const plan = await cmc.json('restore', 'plan', request)
  t.match(plan.answer, {lost: {rows: {'content.feedback': 20}}, wal: {continuous: true}}, 'the plan says what is lost')
  await must(cmc, 'restore', 'agree', request, '--at', new Date().toISOString(), '--by', 'jdoe')
  const plans = [
    ['restore', 'run', request],
    ['backup', 'take', production],
    ['backup', 'drill', production],
  ]
  await changeNothing(t, cmc, {hosts, plans})
  const queued = await cmc.json('restore', 'run', request, '--confirm', production, '--detach')
  const going = ['resume', 'abandon'].map(verb => ['run', verb, queued.answer.run])
  await changeNothing(t, cmc, {hosts, plans: going})
  const neighbour = knocking(house)
  await follow(queued.answer.run)
  t.equal(await neighbour(), 0, 'the neighbour on the host answered every time')
  t.equal(Number(await sql(house, 'select count(*) from content.feedback')), before - 20, 'exactly these are gone')
  t.match(await cmc.json('restore', 'show', request), {answer: {state: 'done'}})
  return request
}

/** What breaks is said in a sentence with its exit, is an event, and is healed where a full backup helps. */
async function faults(t: Test, {cmc, id}: House) {
  const repository = (script: string) => onHost(cmc, 'south-1', 'sh', '-c', script)
  const conf = `/etc/pgbackrest/conf.d/${id}.conf`
  await repository(`cp -p ${conf} /root/kept && sed -i 's/^repo1-cipher-pass=.*/repo1-cipher-pass=wrong/' ${conf}`)
  const wrong = await cmc.type('backup', 'status', production)
  t.match([wrong.exit, wrong.out], [5, /the repository cannot be read/], 'a wrong passphrase')
  const take = await cmc.type('backup', 'take', production)
  t.match([take.exit, take.err], [4, /acme\/production/], 'is said by whoever needs it')
  t.notMatch(take.err, /\n +at /, 'without a stack')
  await repository(`cp -p /root/kept ${conf}`)

  await must(cmc, 'backup', 'take', production)
  const folder = `/var/lib/pgbackrest/${id}/archive/${id}/15-1`
  await write({cmc, id}, 5)
  await archived({cmc, id})
  await write({cmc, id}, 5)
  await archived({cmc, id})
  await repository(`cd ${folder} && cd $(ls -d 0*/ | tail -1) && rm "$(ls | grep -v backup | tail -3 | head -1)"`)
  const gap = await cmc.type('backup', 'status', production)
  t.match([gap.exit, gap.out], [5, /WAL is missing between/], 'a gap')
  await must(cmc, 'schedule', 'run', 'backup-look')
  t.match((await cmc.json('event', 'list')).answer, {items: [{kind: 'backup-gap', subject: production}]})
  const healed = async () => (await cmc.type('backup', 'status', production)).exit === 0
  for (let n = 0; n < 120 && !(await healed()); n++) await new Promise(resolve => setTimeout(resolve, 1000))
  t.ok(await healed(), 'a full backup was taken by itself')
  await must(cmc, 'schedule', 'run', 'backup-look')
  t.strictSame((await cmc.json('event', 'list', '--open')).answer.items, [], 'and the event is settled')

  const bundle = `f=$(ls -S /var/lib/pgbackrest/${id}/backup/${id}/*F/bundle/* | head -1)`
  await repository(`${bundle}; printf XXXXXXXX | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") / 2)) conv=notrunc`)
  const rotten = await cmc.type('backup', 'verify', production)
  t.match([rotten.exit, rotten.err], [4, /are not what was written/], 'a corrupt file')

  await must(cmc, 'lab', 'cut', 'south-1', '--lab', cmc.lab)
  const away = await cmc.type('backup', 'status', production)
  t.match([away.exit, away.out], [5, /south-1/], 'a repository that is away')
  await must(cmc, 'lab', 'heal', 'south-1', '--lab', cmc.lab)
}

/** Commits one row after the other, with pauses of their own; each is named by its own number. */
async function write(house: House, rows: number): Promise<void> {
  await sql(
    house,
    `do $do$ begin for i in 1..${rows} loop
    insert into content.feedback (procedure, step, helpful, answers, release, at) values (gen_random_uuid()::text, 's', true, '{}', '0', now());
    commit; perform pg_sleep(0.02 + random() * 0.05); end loop; end $do$`,
  )
}

/** What was written is in the repository, and a commit after it. */
async function archived({cmc, id}: House): Promise<void> {
  await onHost(cmc, 'north-1', 'systemctl', 'start', `${id}-heartbeat.service`)
  const segment = await sql({cmc, id}, 'select pg_walfile_name(pg_switch_wal())')
  await sql({cmc, id}, 'select pg_sleep(0.2)')
  for (let n = 0; n < 100; n++) {
    const last = await sql({cmc, id}, 'select substr(last_archived_wal, 1, 24) from pg_stat_archiver')
    if (last >= segment) return
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  throw new Error(`${segment} was not archived`)
}

async function sql({cmc}: House, statement: string): Promise<string> {
  const text = Buffer.from(statement).toString('base64')
  const psql = 'runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -p 20000 -d selfhelp'
  const {exit, out, err} = await onHost(cmc, 'north-1', 'sh', '-c', `echo ${text} | base64 -d | ${psql}`)
  if (exit !== 0) throw new Error(err)
  return out.trim()
}

/** Asks the neighbour's page again and again; at the end gives how often it did not answer. */
function knocking({cmc}: House): () => Promise<number> {
  let wrong = 0
  let going = true
  const done = (async () => {
    const {answer} = await cmc.json('environment', 'show', 'acme/qualification')
    while (going) {
      const {out} = await onHost(
        cmc,
        'north-1',
        'curl',
        '-sk',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '--resolve',
        `${new URL(answer.url).hostname}:443:127.0.0.1`,
        answer.url,
      )
      if (out.trim() !== '200') wrong++
      await new Promise(resolve => setTimeout(resolve, 500))
    }
  })()
  return async () => {
    going = false
    await done
    return wrong
  }
}

const micros = (time: string): bigint => {
  const [whole = '', fraction = '0'] = time.replace('Z', '').split('.')
  return BigInt(Date.parse(`${whole}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

/** A time of PostgreSQL moved by microseconds. */
function shifted(time: string, by: number): string {
  const at = micros(time) + BigInt(by)
  const whole = new Date(Number(at / 1000n)).toISOString().slice(0, 19)
  return `${whole}.${`${at % 1_000_000n}`.padStart(6, '0')}Z`
}
