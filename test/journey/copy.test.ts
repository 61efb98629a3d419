// Production's content goes into qualification, which stands on another host: of the moment asked for, without its people.
import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {type Centre, centre} from '../support/centre.ts'
import {toTheCustomer} from '../support/customer-copy.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'
import {application, must, prepared} from '../support/prepared.ts'
import {acmeFile, onHost} from '../support/tenant-hosts.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()
const [production, qualification] = ['acme/production', 'acme/qualification']
const somebody = 'somebody.real@acme.test'

t.test('qualification gets production of a moment, calls nobody and says what it is', {skip: why ?? false}, async t => {
  const cmc = await centre(t, '-copy', [
    {name: 'north', count: 2},
    {name: 'south', count: 1},
  ])
  await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
  await prepared(cmc, {'north-1': application, 'north-2': application, 'south-1': ['repository']})
  await must(cmc, 'tenant', 'create', 'acme', '--contract', masking(cmc))
  await must(cmc, 'tenant', 'hand-over', 'acme', '--by', 'jdoe')
  await must(cmc, 'environment', 'activate', production, '--request', 'EV-1', '--by', 'jdoe')
  const from = await placeOf(cmc, production)
  const into = await placeOf(cmc, qualification)
  t.not(into.host, from.host, 'they stand on different hosts')

  await lived(from)
  const wanted = await feedback(from)
  const moment = await sql(
    from,
    'select to_char(clock_timestamp() at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')',
  )
  await sql(from, "insert into content.feedback select gen_random_uuid(), 'later', 's', true, '{}', '0', now()")
  await sql(into, "insert into content.feedback select gen_random_uuid(), 'own', 's', true, '{}', '0', now()")
  await archived(from)
  await refused(t, cmc, moment)

  const request = await asked(t, cmc, moment)
  const reader = watching(from)
  await diesOncePerStep(
    t,
    cmc,
    (await cmc.json('restore', 'run', request, '--confirm', qualification, '--detach')).answer.run,
  )
  t.equal(await reader(), 0, 'production answered every time')
  t.equal(await feedback(into), wanted, 'it holds exactly what production held at the moment')
  t.match(await feedback(from), /later/, 'and production what it held')
  await nobodyIn(t, {from, into})
  await silent(t, {cmc, from, into, moment})
  const undo = await cmc.type('restore', 'undo', request, '--confirm', qualification)
  t.match([undo.exit, undo.err], [3, /not backed up/], 'what was there before cannot come back, and that is said')
  await lifted(t, {cmc, into})
  await toTheCustomer(t, from)
})

interface Stands {
  readonly cmc: Centre
  readonly id: string
  readonly host: string
  readonly url: URL
  readonly port: number
}

/** The reference contract, whose customer wants nobody recognised in copies, and a copy of their own each month. */
function masking(cmc: Centre): string {
  const file = join(dirname(cmc.home), 'acme.yaml')
  const text = readFileSync(acmeFile, 'utf8').replace('monthlyTransfer: false', 'monthlyTransfer: true')
  writeFileSync(file, `${text}masking: [accounts]\n`)
  return file
}

async function placeOf(cmc: Centre, name: string): Promise<Stands> {
  const {id, url, hosts} = (await cmc.json('environment', 'show', name)).answer
  const {host} = hosts.find(({role}: {role: string}) => role === 'database')
  const conf = await onHost(
    cmc,
    host,
    'sh',
    '-c',
    `cat /etc/postgresql/15/${id}/postgresql.conf /etc/postgresql/15/${id}/conf.d/* 2>/dev/null`,
  )
  const port = Number([...conf.out.matchAll(/^port = '?(\d+)/gm)].at(-1)?.[1])
  return {cmc, id, host, url: new URL(url), port}
}

/** Somebody was there: an account with a password, a session, a one-time link and opinions. */
async function lived(from: Stands): Promise<void> {
  await sql(
    from,
    `with one as (insert into content.account (email, name, role, created_at) values ('${somebody}', 'Some Body', 'author', now()) returning id),
      word as (insert into credential.password select id, 'a hash of production', now() from one),
      link as (insert into credential.welcome select 'a link of production', id, now() + interval '7 days' from one)
    insert into operation.session select 'a session of production', id, now(), now() + interval '8 hours' from one`,
  )
  await sql(
    from,
    "insert into content.feedback select gen_random_uuid(), 'p' || n, 's', true, '{}', '0', now() from generate_series(1, 40) n",
  )
}

const feedback = (place: Stands) => sql(place, 'select id, procedure, at from content.feedback order by id')

/** Only who may ask gets one, only of what is there, and never into where it comes from. */
async function refused(t: Test, cmc: Centre, moment: string) {
  const words = ['--by', 'jdoe', '--channel', 'support', '--ticket', 'EV-2']
  const training = await cmc.type('restore', 'request', 'acme', '--environment', 'training', '--at', moment, ...words)
  t.match([training.exit, training.err], [3, /no environment acme\/training/])
  const future = ['--environment', 'qualification', '--at', '2099-01-01T00:00:00Z']
  t.equal((await cmc.type('restore', 'request', 'acme', ...future, ...words)).exit, 2, 'a time to come')
  const lift = await cmc.type('restore', 'lift', qualification, '--by', 'jdoe', '--reason', 'test')
  t.match([lift.exit, lift.err], [3, /no copy/], 'what is no copy has nothing to lift')
}

/** Requested, planned and agreed; nothing is touched by that. */
async function asked(t: Test, cmc: Centre, moment: string): Promise<string> {
  const words = ['--by', 'jdoe', '--channel', 'support', '--ticket', 'EV-3']
  const {answer} = await cmc.json(
    'restore',
    'request',
    'acme',
    '--environment',
    'qualification',
    '--at',
    moment,
    ...words,
  )
  t.match(answer, {environment: qualification, copyOf: production, request: {state: 'requested'}})
  const request = answer.request.id
  const plan = await cmc.json('restore', 'plan', request)
  t.match(plan.answer, {
    copy: {into: qualification, masking: ['accounts']},
    lost: {minutes: 0, rows: {'content.feedback': 1}},
    wal: {continuous: true},
  })
  t.ok(plan.answer.seconds.least > 0 && plan.answer.closedSeconds.most > 0, 'how long it takes, from the test restore')
  t.equal((await cmc.type('restore', 'run', request, '--confirm', qualification)).exit, 3, 'nobody agreed yet')
  await must(cmc, 'restore', 'agree', request, '--at', new Date().toISOString(), '--by', 'jdoe')
  t.equal(
    (await cmc.type('restore', 'run', request, '--confirm', production)).exit,
    3,
    'confirmed is what is overwritten',
  )
  return request
}

/** Nobody of production can be recognised or gets in; who is to administrate has an account of this environment. */
async function nobodyIn(t: Test, {from, into}: {from: Stands; into: Stands}) {
  const dump = `runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_dumpall -p ${into.port}`
  const text = (await onHost(into.cmc, into.host, 'sh', '-c', dump)).out
  t.match(text, /person-\d+@masked\.invalid/, 'addresses became numbers')
  for (const trace of [
    somebody,
    'Some Body',
    'a hash of production',
    'a link of production',
    'a session of production',
  ])
    t.notOk(text.includes(trace), `nothing of it holds ${trace}`)
  const people = "select email from content.account where email not like '%@masked.invalid' order by 1"
  t.equal(await sql(into, people), `jane.doe@acme.test\ntest@${into.url.hostname.replace('.', '-edition.')}`)
  t.match(
    await sql(from, 'select string_agg(email, $$ $$) from content.account'),
    somebody,
    'production knows its people',
  )
}

/** It says what it is in both languages, lets no call out, knows no way to production's backups, and nothing drifts. */
async function silent(t: Test, {cmc, from, into, moment}: {cmc: Centre; from: Stands; into: Stands; moment: string}) {
  t.match(await page(into, '/'), /Copie de acme\/production, état du <time datetime="([^"]+)/)
  t.match(
    await page(into, '/en/'),
    new RegExp(`Copy of acme/production, as of <time datetime="${moment.slice(0, 19)}Z"`),
  )
  t.match(await page(into, '/'), /aucun appel sortant/)
  t.match(JSON.parse(await page(into, '/readyz')), {ready: true, mode: 'open', neutralised: true})
  t.notMatch(await page(from, '/'), /Copie de/)
  const ways = `cat /var/lib/postgresql/15/${into.id}/postgresql.auto.conf; ls /etc/pgbackrest/conf.d /etc/pgbackrest/tls /var/lib/postgresql`
  const {out} = await onHost(cmc, into.host, 'sh', '-c', ways)
  t.notMatch(out, /restore_command|selfhelp-/)
  t.notOk(out.includes(from.id), 'nothing of production is left on its host')
  t.equal((await cmc.type('environment', 'drift')).exit, 0, 'all is as wanted')
  t.equal((await cmc.type('backup', 'status', '--all')).exit, 0, 'and backups are as promised')
}

/** Calls go out again when a contact who decides says so; it stays a copy. */
async function lifted(t: Test, {cmc, into}: {cmc: Centre; into: Stands}) {
  const lift = ['restore', 'lift', qualification, '--reason', 'mail is tried']
  t.equal((await cmc.type(...lift, '--by', 'secu')).exit, 3, 'only who decides')
  const {answer} = await cmc.json(...lift, '--by', 'jdoe', '--detach')
  await diesOncePerStep(t, cmc, answer.run)
  t.match(JSON.parse(await page(into, '/readyz')), {ready: true, neutralised: false, copy: {of: production}})
  t.match(await page(into, '/'), /Copie de acme\/production/)
}

async function page({cmc, host, url}: Stands, path: string): Promise<string> {
  const curl = ['curl', '-sk', '--resolve', `${url.hostname}:443:127.0.0.1`, `https://${url.hostname}${path}`]
  return (await onHost(cmc, host, ...curl)).out
}

/** Asks production's page again and again; at the end gives how often it did not answer. */
function watching(place: Stands): () => Promise<number> {
  let wrong = 0
  let going = true
  const done = (async () => {
    while (going) {
      if (!(await page(place, '/')).includes('<title>')) wrong++
      await new Promise(resolve => setTimeout(resolve, 500))
    }
  })()
  return async () => {
    going = false
    await done
    return wrong
  }
}

/** What was written is in the repository, and a commit after it. */
async function archived(place: Stands): Promise<void> {
  await onHost(place.cmc, place.host, 'systemctl', 'start', `${place.id}-heartbeat.service`)
  const segment = await sql(place, 'select pg_walfile_name(pg_switch_wal())')
  for (let n = 0; n < 200; n++) {
    if ((await sql(place, 'select substr(last_archived_wal, 1, 24) from pg_stat_archiver')) >= segment) return
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  throw new Error(`${segment} was not archived`)
}

async function sql({cmc, host, port}: Stands, statement: string): Promise<string> {
  const text = Buffer.from(statement).toString('base64')
  const psql = `runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -p ${port} -d selfhelp`
  const {exit, out, err} = await onHost(cmc, host, 'sh', '-c', `echo ${text} | base64 -d | ${psql}`)
  if (exit !== 0) throw new Error(err)
  return out.trim()
}
