import {generateKeyPairSync} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {systemClock} from '../../src/clock.ts'
import {connectLedger} from '../../src/ledger/connect.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'
import {addRelease, putNotes} from '../../src/ledger/release.ts'
import {insertRestore} from '../../src/ledger/restore.ts'
import {buildRelease} from '../../src/release/build.ts'
import {packageRoot} from '../../src/root.ts'
import type {TestLedger} from '../support/ledger.ts'
import {inService} from '../support/platform.ts'
import {run} from '../support/process.ts'
import {filesOf, rowsOf} from '../support/unchanged.ts'

t.setTimeout(180_000)

const home = mkdtempSync(join(tmpdir(), 'selfhelp-plan-'))
const env = {PATH: process.env.PATH, SELFHELP_HOME: home, NO_COLOR: '1', XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR}
const address = {kind: 'private', place: placeOf(home, env), database: 'selfhelp'} as const

t.teardown(async () => {
  await stopPrivate(placeOf(home, env))
  rmSync(home, {recursive: true})
})

async function typed(...words: readonly string[]) {
  const {exit, out, err} = await run([join(packageRoot(), 'bin/selfhelp'), ...words, '--json'], {env})
  return {exit, err, answer: JSON.parse(out || 'null')}
}

const everything = async (ledger: Ledger) => ({...(await rowsOf(ledger)), ...filesOf(home)})

/** A release that was built elsewhere, with its factory's key and its notes; a small one. */
async function builtElsewhere(folder: string) {
  const {privateKey, publicKey} = generateKeyPairSync('ed25519')
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const node = {binary: file('node', 'not really node'), version: '24.0.0', architecture: 'x64'} as const
  const build = {source: join(packageRoot(), 'runtime'), version: '0.3.0', schemaFrom: 0, node, out: folder}
  const {archive} = await buildRelease({...build, signingKey: privateKey})
  const [fr, en] = [file('notes.fr.md', 'Nouveau'), file('notes.md', 'New')]
  const key = file('factory.pem', publicKey.export({type: 'spki', format: 'pem'}) as string)
  return [archive.file, '--notes-fr', fr, '--notes-en', en, '--public-key', key]
}

/** A run whose process sleeps with its lock. */
async function sleeping(ledger: Ledger) {
  await ledger.all`
    insert into run (id, runbook, title, change, input, input_hash, subject, locks, state, operator, request, signature)
    values ('r1', 'host-apply', 'apply host a', 'configuration', '{}', 'h', 'a', '{host:a}', 'running', 'jane@cmc.test', '{}', '')`
  await ledger.all`
    insert into lock (name, epoch, run, owner, executor, machine, pid, taken_at, heartbeat_at)
    values ('host:a', 4, 'r1', 'jane@cmc.test', 'elsewhere.1.1.1', 'elsewhere', 1, now(), now())`
}

t.test('a plan says what would be, and leaves every row and every file as it was', async t => {
  t.match(await typed('init', '--operator', 'jane@cmc.test'), {exit: 0})
  const owner = await connectLedger(address, 'owner')
  t.teardown(() => owner.close())
  await inService({...owner, owner} as unknown as TestLedger)
  const now = systemClock.now()
  const soon = now.add({hours: 24 * 9}).toString()
  const later = now.add({hours: 24 * 10}).toString()
  const row = {version: '0.9.0', architecture: 'x64', schemaLevel: 1, sha256: 'a'.repeat(64), size: 1}
  await addRelease(owner, {...row, signature: '', manifest: {}})
  await putNotes(owner, {version: '0.9.0', fr: 'Nouveau', en: 'New'})
  const [{id: environment = ''} = {}] = await owner.all<{id: string}>`
    select id from environment where tenant = 'acme' and name = 'production'`
  const request = {id: 'rs00000001', environment, target: now.subtract({hours: 1}), askedBy: 'jdoe', channel: 'support'}
  await insertRestore(owner, {...request, ticket: 'T-1', askedAt: now, dueAt: now})
  await owner.all`update restore set state = 'planned'`

  const frozen = ['--from', soon, '--until', later]
  const {answer: freeze} = await typed('freeze', 'add', 'acme', ...frozen, '--by', 'jdoe', '--reason', 'a')
  const planned = ['--change', 'configuration', '--duration', '20m', '--no-test-env', '--reason', 'b']
  const {answer: operation} = await typed('maintenance', 'plan', 'acme/production', ...planned)
  const overriding = ['--rule', 'freeze', '--until', later, '--reason', 'c']
  const {answer: override} = await typed('override', 'request', 'acme/production', ...overriding)
  const relay = ['--host', 'mail.invalid', '--sender', 'noreply@ezvsaas.test']
  t.match(await typed('notice', 'relay', 'platform', ...relay), {exit: 0})
  await owner.all`update delivery set state = 'refused'`
  const [{id: notice = ''} = {}] = await owner.all<{id: string}>`select id from notice limit 1`

  const elsewhere = mkdtempSync(join(tmpdir(), 'selfhelp-factory-'))
  t.teardown(() => rmSync(elsewhere, {recursive: true}))
  const built = await builtElsewhere(elsewhere)
  await sleeping(owner)

  const before = await everything(owner)
  const operationId: string = operation.items[0].id
  const plans: readonly (readonly [words: readonly string[], answer: object])[] = [
    [['freeze', 'add', 'acme', ...frozen, '--by', 'jdoe', '--reason', 'x'], {kind: 'customer', tenant: 'acme'}],
    [['freeze', 'add', '--all', ...frozen, '--reason', 'x'], {kind: 'vendor'}],
    [['freeze', 'remove', freeze.id, '--reason', 'x'], {id: freeze.id}],
    [['maintenance', 'cancel', operationId, '--reason', 'x'], {state: 'cancelled'}],
    [['maintenance', 'done', operationId, '--closed', '5'], {state: 'done'}],
    [['notice', 'pause', 'acme', '--reason', 'x'], {paused: true}],
    [['notice', 'relay', 'acme', '--host', 'mail.acme.test', '--sender', 'a@acme.test'], {owner: 'acme'}],
    [['notice', 'test', 'acme'], {kind: 'test'}],
    [['notice', 'deliver'], {items: []}],
    [['notice', 'resend', notice, '--reason', 'x'], {id: notice, copies: [{reply: /a plan: nothing was sent/}]}],
    [['override', 'request', 'acme/production', ...overriding], {state: 'waiting'}],
    [['release', 'announce', '0.9.0'], {version: '0.9.0'}],
    [['release', 'add', ...built], {version: '0.3.0', changed: true}],
    [['run', 'take-over', 'host:a', '--reason', 'x'], {lock: 'host:a', run: 'r1', owner: 'jane@cmc.test', epoch: 5}],
    [['restore', 'agree', request.id, '--at', soon, '--by', 'jdoe'], {state: 'agreed'}],
    [['restore', 'cancel', request.id, '--reason', 'x'], {state: 'cancelled'}],
    [['vpn', 'compare', 'acme', '--norms', 'ISO 27001'], {norms: 'ISO 27001'}],
    [['secret', 'rotate'], {secrets: 5}],
    [['schedule', 'run', 'journal-heads'], {steps: [/head/]}],
  ]
  for (const [words, answer] of plans)
    await t.test(words.slice(0, 2).join(' '), async t => {
      const said = await typed(...words, '--plan')
      t.match(said, {answer}, JSON.stringify(said))
      t.same(await everything(owner), before)
    })

  await t.test('what is refused is refused in a plan too', async t => {
    t.match(await typed('override', 'approve', override.id, '--plan'), {
      exit: 3,
      answer: {error: {code: 'override-not-yours'}},
    })
    t.match(await typed('freeze', 'remove', 'fnone', '--reason', 'x', '--plan'), {exit: 3})
    t.match(await typed('run', 'resume', 'rnone', '--plan'), {exit: 3, answer: {error: {code: 'not-found'}}})
    t.match(await typed('run', 'take-over', 'host:b', '--reason', 'x', '--plan'), {exit: 3})
    const stranger = ['--operator-key', join(home, 'nobody')]
    t.not((await typed('freeze', 'remove', freeze.id, '--reason', 'x', '--plan', ...stranger)).exit, 0)
    t.same(await everything(owner), before)
  })

  await t.test('a file that is mistyped is said to be missing, wherever one is named', async t => {
    const missing = join(home, 'nothing-of-that-name')
    for (const words of [
      ['release', 'add', 'x.tar.gz', '--notes-fr', missing, '--notes-en', missing],
      ['release', 'add', 'x.tar.gz', '--public-key', missing, '--notes-fr', missing, '--notes-en', missing],
      ['notice', 'relay', 'platform', '--ca', missing],
      ['notice', 'relay', 'platform', '--password-file', missing],
      ['operator', 'add', 'joe@cmc.test', '--key', missing],
      ['init', '--recovery-key', missing],
      ['freeze', 'remove', freeze.id, '--reason', 'x', '--operator-key', missing],
      ['certificate', 'authority', 'set', '--directory', 'https://a.test/d', '--root', missing],
      ['contract', 'check', missing],
      ['vpn', 'add', missing],
    ])
      t.match(await typed(...words), {
        exit: 2,
        answer: {error: {code: 'input-invalid', message: /nothing-of-that-name/}},
      })
  })

  await t.test('a person is told that nothing was changed; meant in earnest it is', async t => {
    const words = ['freeze', 'remove', freeze.id, '--reason', 'x']
    const {out} = await run([join(packageRoot(), 'bin/selfhelp'), ...words, '--plan'], {env})
    t.match(out, /This is the plan: nothing was changed/)
    t.match(await typed(...words), {exit: 0})
    const after = await everything(owner)
    const changed = Object.keys(before).filter(name => after[name] !== before[name])
    t.same(changed, ['freeze_window', 'journal'])
  })
})
