import {execFileSync, spawnSync} from 'node:child_process'
import {generateKeyPairSync} from 'node:crypto'
import {appendFileSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../../src/clock.ts'
import {exportJournal} from '../../src/journal/export.ts'
import {headsFile, signHead} from '../../src/journal/head.ts'
import {listJournal} from '../../src/journal/list.ts'
import {journalSignHead} from '../../src/journal/sign-head.ts'
import {verifyJournal} from '../../src/journal/verify.ts'
import {append, appendAll, type Entry} from '../../src/ledger/journal.ts'
import {addOperator} from '../../src/ledger/operator.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {mutate} from '../../src/operator/mutate.ts'
import {signRequest} from '../../src/operator/sign.ts'
import {packageRoot} from '../../src/root.ts'
import type {At} from '../../src/runbook/model.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'
import {Secret} from '../../src/secret/secret.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import {freshLedger} from '../support/ledger.ts'

const entry: Entry = {
  at: Temporal.Instant.from('2026-11-22T12:00:00Z'),
  kind: 'step',
  subject: 'acme',
  operator: 'jane@cmc.test',
  account: 'root',
  machine: 'cmc-1',
  result: 'made',
  body: {password: 'hunter2', n: 1.5, text: 'é🐎'},
}

async function journalOfThirty(t: Test) {
  const ledger = await freshLedger(t)
  const home = t.testdir()
  writeKeys(join(home, 'key'), [newKey()])
  const secrets = secretStore(ledger, join(home, 'key'))
  const {publicKey, privateKey} = generateKeyPairSync('ed25519', {
    publicKeyEncoding: {type: 'spki', format: 'pem'},
    privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
  })
  await secrets.put('journal/key', new Secret(privateKey))
  await putSetting(ledger, 'journal-public-key', publicKey)
  writeFileSync(join(home, 'journal.pub.pem'), publicKey)
  const tenants = ['acme', 'globex', undefined]
  await appendAll(
    ledger,
    Array.from({length: 30}, (_, n) => ({...entry, tenant: tenants[n % 3]})),
  )
  return {ledger, home, secrets, clock: systemClock}
}

t.test('a journal is whole until somebody with the rights of its owner touches it', async t => {
  const needs = await journalOfThirty(t)
  const {ledger, home} = needs
  await signHead(needs)
  t.same(await verifyJournal(ledger, home), {entries: 30, tenants: 2, heads: 1, signatures: 0})
  for (const [what, tamper, sequence] of [
    ['altered', () => ledger.owner.all`update journal set result = 'forged' where sequence = 7`, 7],
    [
      'altered inside',
      () => ledger.owner.all`update journal set body = jsonb_set(body, '{n}', '2') where sequence = 8`,
      8,
    ],
    [
      'another time',
      () => ledger.owner.all`update journal set at = at + interval '1 microsecond' where sequence = 9`,
      9,
    ],
    ['removed', () => ledger.owner.all`delete from journal where sequence = 12`, 12],
    ['the first removed', () => ledger.owner.all`delete from journal where sequence = 1`, 1],
    ['another tenant', () => ledger.owner.all`update journal set tenant = 'globex' where sequence = 4`, 4],
    ['the tail cut', () => ledger.owner.all`delete from journal where sequence > 25`, 26],
    ['all removed', () => ledger.owner.all`delete from journal`, 1],
  ] as const) {
    await ledger.owner.all`create table kept as select * from journal`
    await tamper()
    t.match((await verifyJournal(ledger, home)).broken, {sequence}, what)
    await ledger.owner.all`delete from journal`
    await ledger.owner.all`insert into journal select * from kept`
    await ledger.owner.all`drop table kept`
  }
  t.equal((await verifyJournal(ledger, home)).broken, undefined)
})

t.test('a chain forged anew as a whole does not agree with the signed heads', async t => {
  const needs = await journalOfThirty(t)
  const {ledger, home} = needs
  await signHead(needs)
  await ledger.owner.all`delete from journal`
  await appendAll(
    ledger,
    Array.from({length: 40}, () => ({...entry, result: 'forged'})),
  )
  t.match((await verifyJournal(ledger, home)).broken, {sequence: 30, why: /signed at/})
})

t.test('a head nobody signed proves nothing', async t => {
  const {ledger, home} = await journalOfThirty(t)
  const forged = {at: '2026-01-01T00:00:00Z', sequence: 99, hash: 'ab', signature: 'AAAA'}
  appendFileSync(headsFile(home), `${JSON.stringify(forged)}\nno json\n`)
  t.match(await verifyJournal(ledger, home), {entries: 30, heads: 0, broken: undefined})
})

t.test('each head signed is kept, and all must agree', async t => {
  const needs = await journalOfThirty(t)
  await signHead(needs)
  await append(needs.ledger, entry)
  t.match(await signHead(needs), {sequence: 31})
  t.match(await verifyJournal(needs.ledger, needs.home), {entries: 31, heads: 2})
})

t.test('signing the head is a runbook, and done when it was signed lately', async t => {
  const needs = await journalOfThirty(t)
  const [only] = journalSignHead(needs).steps({})
  t.notOk(await only?.holds({} as At))
  await only?.make({} as At)
  t.ok(await only?.holds({} as At))
})

t.test("an operator's signature that does not fit what was asked is found", async t => {
  const {ledger, home, clock} = await journalOfThirty(t)
  const {privateKey, publicKey} = newSshKey('jane')
  writeFileSync(join(home, 'operator-key'), privateKey.expose(), {mode: 0o600})
  await addOperator(ledger, {email: 'jane@cmc.test', role: 'cmc', publicKey})
  const signing = {ledger, anchors: {holds: async () => true}, home, clock, env: {PATH: process.env.PATH}}
  const signed = await signRequest({command: 'site add', input: {name: 'north'}, reason: 'new'}, signing)
  await mutate({ledger, clock, signed, subject: 'north', tenant: undefined}, async () => {})
  await t.rejects(
    mutate({ledger, clock, signed, subject: 'north', tenant: undefined}, async () => {
      throw new Error('no')
    }),
  )
  t.match(await verifyJournal(ledger, home), {entries: 34, signatures: 2, broken: undefined})
  const {items} = await listJournal(ledger, {limit: 4})
  t.match(items, [
    {result: 'bug'},
    {result: 'asked', reason: 'new'},
    {result: 'done', body: {asked: 31}},
    {result: 'asked'},
  ])
  await append(ledger, {
    ...entry,
    kind: 'command',
    body: {...signed.request, command: 'site remove'},
    signature: signed.signature,
  })
  t.match((await verifyJournal(ledger, home)).broken, {sequence: 35, why: /signature/})
})

t.test('the newest entries are listed first, of one tenant, since a time, in pages', async t => {
  const {ledger} = await journalOfThirty(t)
  await append(ledger, {...entry, tenant: 'acme', at: entry.at.add({hours: 1})})
  const page = await listJournal(ledger, {tenant: 'acme', limit: 3})
  t.same(
    page.items.map(row => row.sequence),
    [31, 28, 25],
  )
  t.equal(page.next, '25')
  const rest = await listJournal(ledger, {tenant: 'acme', before: 25, limit: 3})
  t.same(
    rest.items.map(row => row.sequence),
    [22, 19, 16],
  )
  t.equal((await listJournal(ledger, {since: entry.at.add({minutes: 1}), limit: 50})).items.length, 1)
})

t.test('an exported journal is checked by anybody, and holds nothing of others', async t => {
  const needs = await journalOfThirty(t)
  const file = join(needs.home, 'acme.jsonl')
  t.match(await exportJournal(needs, 'acme', file), {entries: 10, head: {sequence: 28}})
  const text = readFileSync(file, 'utf8')
  t.notMatch(text, /globex|hunter2/)
  const check = (content: string, ...argv: string[]) => {
    writeFileSync(`${file}.tried`, content)
    const script = join(packageRoot(), 'docs/verify-journal.mjs')
    return spawnSync(process.execPath, [script, `${file}.tried`, ...argv], {encoding: 'utf8'})
  }
  t.match(check(text, join(needs.home, 'journal.pub.pem')), {status: 0, stdout: /^WHOLE: 10 entries of acme/})
  const lines = text.trim().split('\n')
  t.match(check(text.replace('"made"', '"mode"')), {status: 5, stdout: /entry 1 was altered/})
  t.match(check(lines.toSpliced(4, 1).join('\n')), {status: 5, stdout: /missing/})
  t.match(check(lines.toSpliced(-2, 1).join('\n')), {status: 5, stdout: /missing at the end/})
  t.match(check(lines.slice(0, -1).join('\n')), {status: 5, stdout: /the end is missing/})
  t.match(check(text.replace(/"at":"\d{4}(?=[^{]*signature)/, '"at":"2031')), {status: 5})
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', join(needs.home, 'k')], {stdio: 'pipe'})
  execFileSync('openssl', ['pkey', '-in', join(needs.home, 'k'), '-pubout', '-out', join(needs.home, 'other')])
  t.match(check(text, join(needs.home, 'other')), {status: 5, stdout: /not by this key/})
  await t.rejects(exportJournal(needs, 'nobody', file), {code: 'not-found'})
  const link = `${file}.link`
  symlinkSync(`${file}.elsewhere`, link)
  await t.rejects(exportJournal(needs, 'acme', link), {code: 'in-the-way', exit: 3})
})
