import t from 'tap'
import {aptOptions, debianLines, debianStanzas} from '../../src/lab/apt.ts'

const debian = `Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg`

t.test('Debian’s own stanzas are passed on as they are, others stay at home', async t => {
  const security = debian.replace('bookworm bookworm-updates', 'bookworm-security')
  const off = `Enabled: no\n${debian}`
  const other = debian.replace('bookworm bookworm-updates', 'nodistro')
  t.equal(debianStanzas([debian, other, off, security].join('\n\n')), `${debian}\n\n${security}\n`)
  t.equal(debianStanzas(other), '')
})

t.test('Debian’s own lines are passed on as they are, others stay at home', async t => {
  const line = 'deb [signed-by=/etc/apt/keyrings/own.gpg trusted=no] https://mirror.example/debian bookworm main'
  const others = [
    '# deb http://x bookworm main',
    'deb-src http://x bookworm main',
    'deb https://x cloud-sdk-bookworm main',
  ]
  t.equal(debianLines([...others, line, 'deb https://x/docker bookworm stable'].join('\n')), `${line}\n`)
})

t.test('how to fetch is passed on, what this machine does about it is not', async t => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::CaInfo "/etc/ssl/own.pem";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::http "";',
    'Acquire::IndexTargets::deb::DEP-11::MetaKey "x";',
    'DPkg::Post-Invoke:: "rm -f /x";',
    'APT::Update::Post-Invoke-Success:: "x";',
  ]
  t.strictSame(aptOptions(dump.join('\n')), dump.slice(0, 3))
})
