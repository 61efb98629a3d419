import {execFileSync} from 'node:child_process'
import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {keygenSign, keygenVerify} from '../../src/operator/keygen.ts'
import {parsePublicKey, readPublicKey} from '../../src/operator/public-key.ts'
import {parseEd25519, signEd25519, verifyEd25519} from '../../src/operator/sshsig.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'

const message = '{"command":"tenant create"}'
const env = {PATH: process.env.PATH}

t.test('a key we make is a key to OpenSSH', async t => {
  const folder = t.testdir()
  const {privateKey, publicKey} = newSshKey('control plane')
  const file = join(folder, 'key')
  writeFileSync(file, privateKey.expose(), {mode: 0o600})
  t.equal(execFileSync('ssh-keygen', ['-y', '-f', file]).toString().trim(), `${publicKey} control plane`)
  t.equal(parseEd25519(privateKey.expose())?.publicKey, publicKey)
})

t.test('what we sign ssh-keygen verifies, and what it signs we verify', async t => {
  const folder = t.testdir()
  const {privateKey, publicKey} = newSshKey('jane')
  const file = join(folder, 'key')
  writeFileSync(file, privateKey.expose(), {mode: 0o600})
  const key = parseEd25519(privateKey.expose())
  if (!key) return t.fail('the key was not read')
  const ours = signEd25519(message, key, 'selfhelp')
  t.ok(await keygenVerify(message, ours, publicKey))
  t.notOk(await keygenVerify(`${message} `, ours, publicKey))
  const theirs = await keygenSign(message, file, env)
  t.equal(theirs, ours, 'Ed25519 signs the same text the same way')
  t.ok(verifyEd25519(message, theirs ?? '', {publicKey, namespace: 'selfhelp'}))
})

t.test('a signature holds for one message, one key and one purpose', async t => {
  const [jane, joe] = [newSshKey('jane'), newSshKey('joe')]
  const key = parseEd25519(jane.privateKey.expose())
  if (!key) return t.fail('the key was not read')
  const signature = signEd25519(message, key, 'selfhelp')
  const by = {publicKey: jane.publicKey, namespace: 'selfhelp'}
  t.ok(verifyEd25519(message, signature, by))
  t.notOk(verifyEd25519(message.replace('create', 'remove'), signature, by))
  t.notOk(verifyEd25519(message, signature, {...by, publicKey: joe.publicKey}))
  t.notOk(verifyEd25519(message, signEd25519(message, key, 'git'), by))
  t.notOk(verifyEd25519(message, '', by))
  t.notOk(verifyEd25519(message, signature.slice(0, 120), by))
})

t.test('keys of other kinds go through ssh-keygen', async t => {
  const folder = t.testdir()
  for (const kind of ['ecdsa', 'rsa']) {
    const file = join(folder, kind)
    execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', '', '-f', file])
    t.equal(parseEd25519(readFileSync(file, 'utf8')), undefined)
    const signature = await keygenSign(message, file, env)
    t.ok(await keygenVerify(message, signature ?? '', readPublicKey(`${file}.pub`)), kind)
  }
})

t.test('a public key is taken without its comment, and nothing else is taken for one', async t => {
  const {publicKey, privateKey} = newSshKey('x')
  t.equal(parsePublicKey(`${publicKey} jane@cmc.test\n`), publicKey)
  for (const line of ['', 'ssh-ed25519', 'ssh-dss AAAA', publicKey.replace('ed25519', 'rsa'), 'ssh-rsa !!!!'])
    t.equal(parsePublicKey(line), undefined, line)
  const file = join(t.testdir(), 'key')
  writeFileSync(file, privateKey.expose())
  chmodSync(file, 0o600)
  t.throws(() => readPublicKey(file), {code: 'input-invalid', remedies: [`Give ${file}.pub.`]})
})
