import {execFileSync} from 'node:child_process'
import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {addRecoveryKey, rotateSecrets} from '../../src/ledger/rotate.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {newKey, readKeys, writeKeys} from '../../src/secret/key-file.ts'
import {recoveryKey} from '../../src/secret/recovery.ts'
import {Secret} from '../../src/secret/secret.ts'
import {freshLedger} from '../support/ledger.ts'

async function freshStore(t: Test) {
  const ledger = await freshLedger(t)
  const home = t.testdir()
  const keyFile = join(home, 'key')
  writeKeys(keyFile, [newKey()])
  return {ledger, home, keyFile, store: secretStore(ledger, keyFile)}
}

t.test('a secret is kept, replaced and forgotten by name, and stands in no table', async t => {
  const {ledger, store} = await freshStore(t)
  t.equal(await store.get('a'), undefined)
  await store.put('a', new Secret('first'))
  await store.put('a', new Secret('hunter2-plain'))
  t.equal((await store.get('a'))?.expose(), 'hunter2-plain')
  const [row] = await ledger.all<{text: string}>`select encode(sealed, 'escape') as text from secret`
  t.notMatch(row?.text, 'hunter2')
  await store.remove('a')
  t.equal(await store.get('a'), undefined)
})

t.test('a rotation seals everything anew, and a store that knew the old key goes on', async t => {
  const {ledger, home, keyFile, store} = await freshStore(t)
  for (const name of ['a', 'b', 'c']) await store.put(name, new Secret(`value of ${name}`))
  const [before] = readKeys(keyFile)
  t.match(await rotateSecrets(ledger, {keyFile, home}), {secrets: 3})
  t.equal((await store.get('b'))?.expose(), 'value of b')
  await store.put('d', new Secret('late'))
  t.notMatch(readKeys(keyFile), [before])
  t.equal(readKeys(keyFile).length, 1)
  t.match(await ledger.all`select distinct key_id from secret`, [{keyId: readKeys(keyFile)[0]?.id}])
})

t.test('a rotation killed half way loses nothing, and the next one ends it', async t => {
  const {ledger, home, keyFile, store} = await freshStore(t)
  await store.put('a', new Secret('kept'))
  // Killed after the file was written and before the ledger was: both keys stand there.
  writeKeys(keyFile, [newKey(), ...readKeys(keyFile)])
  t.equal((await secretStore(ledger, keyFile).get('a'))?.expose(), 'kept')
  await store.put('b', new Secret('in between'))
  t.match(await rotateSecrets(ledger, {keyFile, home}), {secrets: 2})
  t.equal(readKeys(keyFile).length, 1)
  t.equal((await store.get('b'))?.expose(), 'in between')
})

t.test('secrets stored while rotations run can all be read', async t => {
  const {ledger, home, keyFile, store} = await freshStore(t)
  const puts = Array.from({length: 40}, (_, n) => store.put(`s${n}`, new Secret(`${n}`)))
  const rotations = Array.from({length: 4}, () => rotateSecrets(ledger, {keyFile, home}))
  await Promise.all([...puts, ...rotations])
  for (let n = 0; n < 40; n++) t.equal((await store.get(`s${n}`))?.expose(), `${n}`)
})

t.test('the key file is not read when others may read it, and its loss is named', async t => {
  const {store, keyFile} = await freshStore(t)
  chmodSync(keyFile, 0o644)
  await t.rejects(store.put('a', new Secret('x')), {code: 'file-exposed', remedies: [`chmod 600 ${keyFile}`]})
  await t.rejects(secretStore((await freshLedger(t)).owner, `${keyFile}.gone`).put('a', new Secret('x')), {
    code: 'secret-key-missing',
  })
})

t.test('a recovery key opens the key file with openssl, also after a rotation', async t => {
  const {ledger, home, keyFile} = await freshStore(t)
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, {cwd: home, stdio: 'pipe'})
  openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072', '-out', 'recovery.pem')
  openssl('pkey', '-in', 'recovery.pem', '-pubout', '-out', 'recovery.pub.pem')
  const key = recoveryKey(readFileSync(join(home, 'recovery.pub.pem'), 'utf8'), 'recovery.pub.pem')
  await addRecoveryKey(ledger, key, {keyFile, home})
  await rotateSecrets(ledger, {keyFile, home})
  const oaep = ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256']
  const file = `recovery/${key.fingerprint}.sealed`
  const opened = openssl('pkeyutl', '-decrypt', '-inkey', 'recovery.pem', ...oaep, '-in', file)
  t.equal(opened.toString(), readFileSync(keyFile, 'utf8'))
  writeFileSync(join(home, 'small.pem'), openssl('genrsa', '-out', 'small.key', '2048'))
  t.throws(() => recoveryKey(readFileSync(join(home, 'recovery.pem'), 'utf8'), 'recovery.pem'), {code: 'input-invalid'})
  t.throws(() => recoveryKey(openssl('pkey', '-in', 'small.key', '-pubout').toString(), 'small'), {
    code: 'input-invalid',
  })
})
