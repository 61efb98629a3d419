import {execFileSync, spawnSync} from 'node:child_process'
import {chmodSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {connectLedger} from '../../src/ledger/connect.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'
import {packageRoot} from '../../src/root.ts'

t.setTimeout(120_000)

const home = mkdtempSync(join(tmpdir(), 'selfhelp-cli-'))
const env = {PATH: process.env.PATH, SELFHELP_HOME: home, NO_COLOR: '1', XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR}

/** A command as typed in a shell, in a pipe. */
function selfhelp(...words: string[]) {
  const {status, stdout, stderr} = spawnSync(join(packageRoot(), 'bin/selfhelp'), words, {env, encoding: 'utf8'})
  return {exit: status, stdout, stderr, json: words.includes('--json') ? JSON.parse(stdout) : undefined}
}

t.teardown(async () => {
  await stopPrivate(placeOf(home, env))
  rmSync(home, {recursive: true})
})

t.test('before init every command that needs the ledger names it', async t => {
  t.match(selfhelp('operator', 'list', '--json'), {
    exit: 3,
    json: {error: {code: 'ledger-missing', remedies: ['selfhelp init']}},
  })
})

t.test('a control plane is made, and people are let in by those who are in', async t => {
  const key = (name: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, name)])
    return join(home, name)
  }
  t.match(selfhelp('init', '--operator', 'jane@cmc.test', '--json'), {exit: 0, json: {changed: true}})
  const joe = key('joe')
  const stranger = key('stranger')
  const add = ['operator', 'add', 'joe@cmc.test', '--key', `${joe}.pub`]
  t.match(selfhelp(...add, '--operator-key', stranger, '--json'), {exit: 3, json: {error: {code: 'operator-unknown'}}})
  t.match(selfhelp(...add, '--operator-key', stranger), {exit: 3, stdout: '', stderr: /Refused/})
  t.match(selfhelp(...add, '--reason', 'on duty', '--json'), {exit: 0, json: {changed: true}})
  t.match(selfhelp(...add, '--json'), {exit: 0, json: {changed: false}})
  t.match(selfhelp('operator', 'add', 'Joe@cmc.test', '--key', `${joe}.pub`), {exit: 2})
  t.match(selfhelp('operator', 'add', 'x@cmc.test', '--key', `${joe}.pub`, '--json'), {
    exit: 3,
    json: {error: {code: 'operator-exists'}},
  })
  t.match(selfhelp('operator', 'add', 'x@cmc.test', '--key', joe, '--json'), {
    exit: 2,
    json: {error: {remedies: [`Give ${joe}.pub.`]}},
  })
  t.match(selfhelp('operator', 'retire', 'jane@cmc.test', '--operator-key', joe), {exit: 0})
  t.match(selfhelp('operator', 'retire', 'joe@cmc.test'), {exit: 3})
  t.match(selfhelp('operator', 'retire', 'joe@cmc.test', '--operator-key', joe, '--json'), {
    exit: 3,
    json: {error: {code: 'operator-exists'}},
  })
  t.match(selfhelp('operator', 'list', '--json').json.items, [
    {email: 'joe@cmc.test'},
    {role: 'machine'},
    {email: 'jane@cmc.test', retiredAt: /Z$/},
  ])
  t.match(selfhelp('secret', 'rotate', '--operator-key', joe, '--json'), {exit: 0, json: {secrets: 6}})
})

t.test('the journal tells it all, and exits 5 once somebody touched it', async t => {
  t.match(selfhelp('journal', 'verify', '--json'), {exit: 0, json: {entries: 15}})
  t.match(selfhelp('journal', 'list', '--limit', '1', '--json').json, {
    items: [{subject: 'secret rotate', operator: 'joe@cmc.test'}],
    next: '15',
  })
  const owner = await connectLedger({kind: 'private', place: placeOf(home, env), database: 'selfhelp'}, 'owner')
  await owner.all`update journal set operator = 'eve@cmc.test' where sequence = 3`
  await owner.close()
  t.match(selfhelp('journal', 'verify', '--json'), {exit: 5, json: {broken: {sequence: 3, why: /altered/}}})
  t.match(selfhelp('journal', 'verify'), {exit: 5, stdout: /Broken at entry 3: it was altered/})
})

t.test('the doctor names what differs, each with its remedy, and exits 5', async t => {
  const found = () => selfhelp('doctor', '--all', '--json')
  const well = found()
  const of = (check: string) => well.json.items.filter((each: {check: string}) => each.check === check)
  t.equal(well.exit, 0, JSON.stringify(well.json))
  t.match(of('recovery-keys'), [{state: 'warning', remedy: /--recovery-key/}])
  for (const check of ['ledger-schema', 'key-permissions', 'node', 'journal-heads']) t.ok(of(check).length > 0, check)
  chmodSync(join(home, 'operator-key'), 0o644)
  const key = {check: 'key-permissions', subject: join(home, 'operator-key'), remedy: /^chmod 600 /}
  const ill = found()
  t.equal(ill.exit, 5)
  t.match(
    ill.json.items.filter(({state}: {state: string}) => state === 'difference'),
    [key],
  )
  chmodSync(join(home, 'operator-key'), 0o600)
  t.equal(found().exit, 0)
})

t.test('no secret of the control plane stands in what it prints, writes or keeps in tables', async t => {
  t.notMatch(JSON.stringify(selfhelp('journal', 'list', '--json').json), /PRIVATE KEY/)
  const owner = await connectLedger({kind: 'private', place: placeOf(home, env), database: 'selfhelp'}, 'owner')
  const rows = await owner.all<{
    text: string
  }>`select journal::text as text from journal union all select secret::text from secret
    union all select setting::text from setting`
  await owner.close()
  t.ok(rows.length > 20)
  t.notOk(rows.some(({text}) => /PRIVATE KEY/.test(text)))
})
