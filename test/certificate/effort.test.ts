// Files of strangers that want to keep us busy.
import {createPrivateKey, randomBytes} from 'node:crypto'
import t from 'tap'
import {readBundle} from '../../src/certificate/bundle.ts'
import {Effort} from '../../src/certificate/kdf.ts'
import {readPem} from '../../src/certificate/pem.ts'
import {Secret} from '../../src/secret/secret.ts'
import {newKey} from '../support/hierarchy.ts'

const number = (value: number) => {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return der(2, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}
const salt = () => der(4, randomBytes(8))
const sequence = (...parts: readonly Buffer[]) => der(0x30, Buffer.concat(parts))

function der(tag: number, content: Buffer): Buffer {
  const {length} = content
  if (length < 128) return Buffer.concat([Buffer.of(tag, length), content])
  return Buffer.concat([Buffer.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff), content])
}

const oid = (hex: string) => der(6, Buffer.from(hex, 'hex'))
const [pbes2, pbkdf2, scrypt] = ['2a864886f70d01050d', '2a864886f70d01050c', '2b06010401da470411']

/** An encrypted key whose password is stretched so. */
function encrypted(derivation: Buffer): Buffer {
  const cipher = sequence(oid('60864801650304012a'), der(4, randomBytes(16)))
  return sequence(sequence(oid(pbes2), sequence(derivation, cipher)), der(4, randomBytes(64)))
}

const stretched = (rounds: number) => encrypted(sequence(oid(pbkdf2), sequence(salt(), number(rounds))))

const pem = (bytes: Buffer) =>
  `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`

const reading = (bytes: Buffer | string) =>
  readBundle([{name: 'acme.key', bytes: Buffer.from(bytes)}], new Secret('sesame'))

t.test('nothing is derived for who asks for too much, in PEM, DER or one key after the other', async t => {
  const much = {code: 'input-invalid', message: /two million rounds/}
  await t.rejects(reading(pem(stretched(2 ** 31 - 1))), much)
  await t.rejects(reading(stretched(2 ** 31 - 1)), much)
  await t.rejects(
    reading(pem(encrypted(sequence(oid(scrypt), sequence(salt(), number(2 ** 17), number(1), number(2 ** 17)))))),
    much,
  )
  await t.rejects(reading(Array.from({length: 30}, () => pem(stretched(100_000))).join('')), much)
})

t.test('what OpenSSL and careful people write is read', async t => {
  const key = newKey.p256()
  const written = key.export({type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'sesame'})
  const effort = new Effort()
  effort.take(written)
  effort.take(stretched(600_000))
  effort.take(stretched(600_000))
  effort.take(encrypted(sequence(oid(scrypt), sequence(salt(), number(16_384), number(8), number(1)))))
  t.ok(createPrivateKey({key: written, format: 'der', type: 'pkcs8', passphrase: 'sesame'}).equals(key))
})

t.test('boxes in boxes without end, and salts without numbers, are neither followed nor counted', async t => {
  let nested = salt()
  for (let depth = 0; depth < 2_000; depth++) nested = der(4, nested)
  t.throws(() => new Effort().take(sequence(nested)), RangeError)
  t.doesNotThrow(() => new Effort().take(sequence(salt(), salt())))
  t.doesNotThrow(() => new Effort().take(Buffer.from('no DER at all')))
})

t.test('a megabyte of beginnings is read once through', async t => {
  const {blocks, broken} = readPem(Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(37_000)))
  t.same([blocks.length, broken.length], [0, 37_000])
  const crossed = readPem(Buffer.from(`${'-----BEGIN A-----\n'.repeat(20_000)}${'-----END B-----\n'.repeat(20_000)}`))
  t.same(crossed.blocks, [])
  await t.rejects(reading('-----BEGIN CERTIFICATE-----\n'.repeat(37_000)), {message: /more than 60 blocks/})
})
