import t from 'tap'
import {fingerprintOf, parseFingerprint, parseHostKey} from '../../src/host/fingerprint.ts'
import {keyToPin} from '../../src/host/pin.ts'
import {anchorPin} from '../../src/host/pinned.ts'
import {sshWays} from '../../src/host/ssh-ways.ts'
import type {Ways} from '../../src/host/ways.ts'
import {Secret} from '../../src/secret/secret.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJG5j40izWpE1GD5+uywfc7G3uVra9sfp8dj2CstkyfY'
const fingerprint = fingerprintOf(key)
const ways = {presented: async () => key} as unknown as Ways
const typed = {name: 'north-1', address: '10.0.0.1'}
const nobody = () => Promise.reject(new Error('asked'))

t.test('a fingerprint is the one ssh-keygen prints', async t => {
  t.equal(fingerprint, 'SHA256:mS+eKPA3BF+hIzG6sCxOdd76XauuJYqKBoX4CUPcahY')
})

t.test('a key that was given is taken as it is, and nobody is asked', async t => {
  t.equal(await keyToPin({...typed, hostKey: `${key} root@north-1`}, ways, nobody), key)
})

t.test('the key that answers is pinned when its fingerprint was given', async t => {
  t.equal(await keyToPin({...typed, fingerprint}, ways, nobody), key)
  await t.rejects(keyToPin({...typed, fingerprint: `SHA256:${'A'.repeat(43)}`}, ways, nobody), {
    code: 'host-key-changed',
    facts: {found: fingerprint},
  } as unknown as Error)
})

t.test('without either it is shown and must be typed back', async t => {
  const shown: string[] = []
  const says = (said: string) => async (text: string) => {
    shown.push(text)
    return said
  }
  t.equal(await keyToPin(typed, ways, says(` ${fingerprint}\n`)), key)
  t.same(shown, [fingerprint])
  for (const said of ['', 'yes', 'SHA256:', fingerprint.toLowerCase()])
    await t.rejects(keyToPin(typed, ways, says(said)), {code: 'confirmation-missing'} as unknown as Error)
})

t.test('what is no key or no fingerprint is unreadable input', async t => {
  for (const text of ['', 'ssh-ed25519', 'ssh-ed25519 AAAA', `ssh-rsa ${key.split(' ')[1]}`, 'hello world'])
    t.throws(() => parseHostKey(text), {exit: 2} as unknown as Error, text)
  for (const text of ['', 'MD5:aa:bb', 'SHA256:short', `SHA256:${'A'.repeat(44)}`])
    t.throws(() => parseFingerprint(text), {exit: 2} as unknown as Error, text)
})

t.test("a key that somebody else put into the ledger is nobody's: nothing is sent to its host", async t => {
  const anchored = new Map<string, object>()
  const anchors = {
    put: async (_: string, name: string, value: object) => void anchored.set(name, value),
    holds: async (_: string, name: string, value: object) =>
      JSON.stringify(anchored.get(name)) === JSON.stringify(value),
    remove: async () => {},
  }
  const host = {name: 'north-1', address: '127.0.0.1', hostKey: key}
  const ways = sshWays({key: new Secret('none'), publicKey: key}, {anchors})
  const asking = () => ways.enter(host).ask([{ask: 'run', args: ['true']}])
  await t.rejects(asking(), {code: 'host-key-changed', message: /was not pinned by us; nothing was sent/})
  await anchorPin(anchors, host)
  await t.rejects(asking(), {code: 'bug'}, 'now it is asked, and its false key opens nothing')
})
