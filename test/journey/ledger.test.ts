// The control plane is lost with all its files. What another host keeps, and a key from a safe, bring it back.
import {execFileSync} from 'node:child_process'
import {chmodSync, copyFileSync, existsSync, mkdirSync, renameSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'
import {packageRoot} from '../../src/root.ts'
import {type Centre, centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'
import {application, must, prepared} from '../support/prepared.ts'
import {run} from '../support/process.ts'
import {acmeFile, onHost} from '../support/tenant-hosts.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()
const production = 'acme/production'

t.test(
  'a control plane that was lost is there again, and the one that was lost changes nothing',
  {skip: why ?? false},
  async t => {
    const cmc = await centre(t, '-ledger', [
      {name: 'north', count: 1},
      {name: 'south', count: 1},
    ])
    const safe = recoveryKey(join(dirname(cmc.home), 'safe'))
    await must(cmc, 'init', '--operator', 'jane.doe@cmc.test', '--recovery-key', safe.publicHalf)
    await prepared(cmc, {'north-1': application, 'south-1': ['repository']})
    t.equal((await cmc.type('ledger', 'backup')).exit, 2, 'nobody has said where to')
    t.equal((await cmc.type('ledger', 'backup', '--to', 'north-1')).exit, 3, 'no repository')
    await must(cmc, 'ledger', 'backup', '--to', 'south-1')
    await must(cmc, 'tenant', 'create', 'acme', '--contract', acmeFile)
    await must(cmc, 'tenant', 'hand-over', 'acme', '--by', 'jdoe')
    await must(cmc, 'environment', 'activate', production, '--request', 'EV-1', '--by', 'jdoe')
    const {id} = (await cmc.json('environment', 'show', production)).answer
    const taken = await cmc.json('backup', 'take', production, '--detach')
    const backup = await cmc.json('ledger', 'backup', '--type', 'full', '--detach')
    await diesOncePerStep(t, cmc, backup.answer.run)
    const drill = await cmc.json('ledger', 'drill', '--detach')
    await diesOncePerStep(t, cmc, drill.answer.run)
    const proof = {ok: true, detail: {differences: []}}
    t.match((await cmc.json('ledger', 'list')).answer, {drills: [proof]}, 'restored, it holds the same')
    const before = new Date().toISOString()
    await must(cmc, 'operator', 'add', 'john@cmc.test', '--key', keyFile(safe.folder))
    await must(cmc, 'ledger', 'backup')
    copyFileSync(join(cmc.home, 'recovery/ledger-kit.json'), join(safe.folder, 'kit'))

    const lost = `${cmc.home}-lost`
    await stopPrivate(placeOf(cmc.home, {}))
    renameSync(cmc.home, lost)
    t.teardown(() => stopPrivate(placeOf(lost, {})))
    const meanwhile = await written(cmc, id, 5)
    await refused(t, cmc, safe)
    await earlier(t, cmc, {safe, before})

    const words = ['ledger', 'restore', '--kit', join(safe.folder, 'kit'), '--recovery-key', safe.file]
    const {answer} = await cmc.json(...words)
    t.match(answer, {from: 'south-1', stopped: [taken.answer.run]}, 'what was under way waits for a person')
    t.equal((await cmc.type(...words)).exit, 3, 'a ledger that is there is not touched')
    t.equal((await cmc.type('init')).exit, 0)
    t.equal((await cmc.type('journal', 'verify')).exit, 0, 'its journal is whole')
    t.equal((await cmc.type('host', 'drift', '--all')).exit, 0, 'its hosts are the ones that were pinned')
    await must(cmc, 'run', 'abandon', taken.answer.run)
    await must(cmc, 'ledger', 'backup')
    t.equal((await cmc.type('backup', 'status', production)).exit, 0, "the hosts' own backups went on")

    await back(t, cmc, meanwhile)
    const old = (...typed: readonly string[]) =>
      run([join(packageRoot(), 'bin/selfhelp'), ...typed], {
        env: {PATH: process.env.PATH, SELFHELP_HOME: lost},
        cwd: '/',
      })
    t.match(await old('ledger', 'backup'), {exit: 3, err: /has taken over the lock ledger:archive/}, 'the lost one')
    const verifying = await old('backup', 'verify', production)
    t.match(verifying, {exit: 3, err: /has taken over the lock environment:/}, 'is refused')
  },
)

interface Safe {
  readonly folder: string
  readonly file: string
  readonly publicHalf: string
}

function recoveryKey(folder: string): Safe {
  mkdirSync(folder, {mode: 0o700})
  const [file, publicHalf] = [join(folder, 'recovery.pem'), join(folder, 'recovery.pub.pem')]
  execFileSync('openssl', ['genpkey', '-quiet', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072', '-out', file])
  chmodSync(file, 0o600)
  execFileSync('openssl', ['pkey', '-in', file, '-pubout', '-out', publicHalf])
  return {folder, file, publicHalf}
}

function keyFile(folder: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'john')])
  return join(folder, 'john.pub')
}

/** What cannot be is said, and leaves no ledger behind. */
async function refused(t: Test, cmc: Centre, safe: Safe) {
  const kit = join(safe.folder, 'kit')
  const other = recoveryKey(join(safe.folder, 'other'))
  const words = ['ledger', 'restore', '--kit', kit]
  t.match(await cmc.type(...words, '--recovery-key', other.file), {exit: 3, err: /opens nothing of this kit/})
  t.match(await cmc.type(...words.slice(0, 3), safe.file, '--recovery-key', safe.file), {exit: 2, err: /is no kit/})
  const ancient = ['--recovery-key', safe.file, '--at', '2020-01-01T00:00:00Z']
  t.match(await cmc.type(...words, ...ancient), {exit: 3, err: /The oldest backup of the ledger ended at/})
}

/** In another home, and to a moment: what came after it is not there. */
async function earlier(t: Test, cmc: Centre, {safe, before}: {safe: Safe; before: string}) {
  const home = join(dirname(cmc.home), 'earlier')
  const other = (...words: readonly string[]) =>
    run([join(packageRoot(), 'bin/selfhelp'), ...words], {env: {PATH: process.env.PATH, SELFHELP_HOME: home}, cwd: '/'})
  const words = ['ledger', 'restore', '--kit', join(safe.folder, 'kit'), '--recovery-key', safe.file]
  const end = await other(...words, '--at', before)
  t.equal(end.exit, 0, end.err)
  t.teardown(() => stopPrivate(placeOf(home, {})))
  const {out} = await other('operator', 'list')
  t.match(out, /jane\.doe@cmc\.test/)
  t.notMatch(out, /john@cmc\.test/, 'nobody who came later is there')
  t.ok(existsSync(join(home, 'anchors-begun')), 'and nothing is trusted anew')
  await stopPrivate(placeOf(home, {}))
}

/** A row each now and then in the customer's database, and the moment after the third. */
async function written(cmc: Centre, id: string, rows: number): Promise<string> {
  const text = `do $do$ begin for i in 1..${rows} loop
    insert into content.feedback (procedure, step, helpful, answers, release, at) values (i::text, 's', true, '{}', '0', now());
    commit; perform pg_sleep(0.2); end loop; end $do$`
  await sql(cmc, text)
  const at = await sql(
    cmc,
    `select to_char(pg_xact_commit_timestamp(xmin) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from content.feedback where procedure = '3'`,
  )
  await onHost(cmc, 'north-1', 'systemctl', 'start', `${id}-heartbeat.service`)
  await sql(cmc, 'select pg_switch_wal()')
  await onHost(cmc, 'north-1', 'systemctl', 'start', `${id}-heartbeat.service`)
  await sql(cmc, 'select pg_switch_wal()')
  return at
}

/** The customer goes back to a moment in which nobody looked after it. */
async function back(t: Test, cmc: Centre, target: string) {
  const words = ['--by', 'jdoe', '--channel', 'support', '--ticket', 'EV-3']
  const asked = async () => cmc.json('restore', 'request', 'acme', '--at', target, ...words)
  const {answer} = await asked()
  const request = answer.request?.id
  t.ok(request, JSON.stringify(answer))
  await must(cmc, 'restore', 'plan', request)
  await must(cmc, 'restore', 'agree', request, '--at', new Date().toISOString(), '--by', 'jdoe')
  await must(cmc, 'restore', 'run', request, '--confirm', production)
  t.equal(await sql(cmc, 'select string_agg(procedure, $$ $$ order by procedure) from content.feedback'), '1 2 3')
}

async function sql(cmc: Centre, statement: string): Promise<string> {
  const text = Buffer.from(statement).toString('base64')
  const psql = 'runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -p 20000 -d selfhelp'
  const {exit, out, err} = await onHost(cmc, 'north-1', 'sh', '-c', `echo ${text} | base64 -d | ${psql}`)
  if (exit !== 0) throw new Error(err)
  return out.trim()
}
