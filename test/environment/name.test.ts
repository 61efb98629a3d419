import t from 'tap'
import {environmentId, hostnamesOf, parseEnvironment, refuseReserved} from '../../src/environment/name.ts'

t.test('each environment has two names of one label under the base domain', async t => {
  const rows = [
    ['production', 'acme.ezvsaas.test', 'acme-edition.ezvsaas.test'],
    ['qualification', 'acme-qualification.ezvsaas.test', 'acme-qualification-edition.ezvsaas.test'],
    ['test', 'acme-test.ezvsaas.test', 'acme-test-edition.ezvsaas.test'],
    ['training', 'acme-training.ezvsaas.test', 'acme-training-edition.ezvsaas.test'],
  ] as const
  for (const [environment, presentation, edition] of rows) {
    t.same(hostnamesOf('acme', environment, 'ezvsaas.test'), {presentation, edition})
  }
})

t.test('a label that ends in the name of an environment is refused, one that only contains it is not', async t => {
  for (const label of ['acme-edition', 'acme-qualification', 'edition', 'acme-qualification-test', 'production']) {
    t.throws(() => refuseReserved(label), {code: 'label-reserved', exit: 3}, label)
  }
  for (const label of ['acme', 'edition-acme', 'acme-tests', 'attest', 'my-production-line']) {
    t.doesNotThrow(() => refuseReserved(label), label)
  }
})

t.test('the longest label still makes one DNS label', async t => {
  const {edition} = hostnamesOf('a'.repeat(24), 'qualification', 'ezvsaas.test')
  t.match(edition, /^[a-z0-9-]{1,63}\.ezvsaas\.test$/)
})

t.test('an environment is typed as TENANT/NAME', async t => {
  t.same(parseEnvironment('acme/test'), {tenant: 'acme', name: 'test'})
  for (const typed of ['acme', 'acme/', '/test', 'acme/prod', 'acme/test/x', '']) {
    t.throws(() => parseEnvironment(typed), {code: 'input-invalid', exit: 2}, typed)
  }
})

t.test('a short id is e and 6 characters of base32', async t => {
  t.equal(environmentId(new Uint8Array(6)), 'eaaaaaa')
  t.match(environmentId(crypto.getRandomValues(new Uint8Array(6))), /^e[a-z2-7]{6}$/)
})
