import t from 'tap'
import {open, reseal, seal} from '../../src/secret/envelope.ts'
import {newKey} from '../../src/secret/key-file.ts'
import {Secret} from '../../src/secret/secret.ts'

const value = new Secret('correct horse 🐎')

t.test('a sealed secret opens under its own name with its own key only', async t => {
  const key = newKey()
  const sealed = seal('acme/password', value, key)
  t.equal(open('acme/password', sealed, key).expose(), value.expose())
  t.throws(() => open('evil/password', sealed, key), {code: 'secret-unreadable'})
  t.throws(() => open('acme/password', sealed, newKey()), {code: 'secret-unreadable'})
  t.notMatch(sealed.sealed.toString('latin1'), 'correct horse')
})

t.test('a single altered bit anywhere is found', async t => {
  const key = newKey()
  const {keyId, sealed} = seal('name', value, key)
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed)
    altered[at] = (altered[at] ?? 0) ^ 1
    t.throws(() => open('name', {keyId, sealed: altered}, key), {code: 'secret-unreadable'}, `byte ${at}`)
  }
})

t.test('sealing again under a new key leaves the content as it was', async t => {
  const [old, next] = [newKey(), newKey()]
  const again = reseal({name: 'name', ...seal('name', value, old)}, old, next)
  t.equal(again.keyId, next.id)
  t.equal(open('name', again, next).expose(), value.expose())
  t.throws(() => open('name', again, old), {code: 'secret-unreadable'})
})

t.test('a secret prints as stars', async t => {
  t.equal(`${value} ${JSON.stringify({value})}`, '*** {"value":"***"}')
})
