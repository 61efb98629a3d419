import t from 'tap'
import {placeIn, shownPlace} from '../../src/transfer/model.ts'

t.test('an address says how, as whom, where and into which folder', async t => {
  t.strictSame(placeIn('sftp://cmc@sftp.acme.test/in'), {
    ...{protocol: 'sftp', host: 'sftp.acme.test', port: 22, account: 'cmc', folder: '/in'},
  })
  t.strictSame(placeIn('ftps://cmc@ftp.acme.test:2121/'), {
    ...{protocol: 'ftps', host: 'ftp.acme.test', port: 2121, account: 'cmc', folder: ''},
  })
  t.match(placeIn('ftp://Back%20up@[2001:db8::7]/a/b//'), {
    host: '2001:db8::7',
    account: 'Back up',
    folder: '/a/b',
    port: 21,
  })
})

t.test('it is shown as it was typed', async t => {
  for (const text of ['sftp://cmc@sftp.acme.test/in', 'ftps://cmc@ftp.acme.test:2121', 'ftp://cmc@[2001:db8::7]/a'])
    t.equal(shownPlace(placeIn(text)), text)
})

t.test('what names no account on a server is refused, and a password in it is never used', async t => {
  const bad = [
    '',
    'acme',
    'https://cmc@acme.test/in',
    'sftp://acme.test/in',
    'sftp://cmc@/in',
    'ftp://cmc@acme.test/in%0d%0aDELE%20x',
    'ftp://c%0aX@acme.test/',
    'sftp://c%zz@acme.test/in',
    'sftp://cmc@acme.test/100%',
    'sftp://cmc@acme.test/%ff',
  ]
  for (const text of bad) t.throws(() => placeIn(text), {code: 'input-invalid', exit: 2}, text)
  t.throws(() => placeIn('sftp://cmc:secret@acme.test/in'), {code: 'password-exposed', message: /^(?!.*secret)/})
})
