import {constants, generateKeyPairSync, publicEncrypt, randomBytes} from 'node:crypto'
import t from 'tap'
import {type Kit, keysByRecovery} from '../../src/safekeeping/kit.ts'
import {Secret} from '../../src/secret/secret.ts'

const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
const pem = privateKey.export({type: 'pkcs8', format: 'pem'}).toString()
const padding = constants.RSA_PKCS1_OAEP_PADDING
const sealed = publicEncrypt({key: publicKey, padding, oaepHash: 'sha256'}, randomBytes(32)).toString('base64')
const kit: Kit = {
  ...{format: 'selfhelp-ledger-kit-1', repository: 'backup01', madeAt: '2026-11-22T13:30:00Z', keyId: 'k'},
  ...{sealed: '', recovery: {fingerprint: sealed}},
}

t.test('a recovery key that is no private key in PEM is refused, and not shown', async t => {
  const encrypted = privateKey.export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word'})
  const others = ['', 'a secret word', pem.slice(0, 400), publicKey.export({type: 'spki', format: 'pem'}), encrypted]
  for (const text of others.map(String))
    t.throws(() => keysByRecovery(kit, new Secret(text)), {code: 'input-invalid', message: /no private key in PEM/})
})

t.test('a recovery key of another kit is refused otherwise', async t => {
  const other = generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey.export({type: 'pkcs8', format: 'pem'})
  t.throws(() => keysByRecovery(kit, new Secret(String(other))), {code: 'secret-unreadable'})
})
