import t from 'tap'
import {haproxyTls, policies, type TlsPolicy, weaknesses} from '../../src/tls/policy.ts'

t.test('the policies are those of the guideline, as HAProxy reads them', async t => {
  t.same(haproxyTls(policies.intermediate), {
    source: 'Mozilla Server Side TLS, guideline 6.0: intermediate, as of 2026-11-22.',
    options: 'prefer-client-ciphers ssl-min-ver TLSv1.2',
    curves: 'X25519:prime256v1:secp384r1',
    ciphers:
      'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
    ciphersuites: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
    hsts: 63_072_000,
  })
  t.match(haproxyTls(policies.modern), {options: /ssl-min-ver TLSv1\.3/, ciphers: ''})
  t.equal(haproxyTls(policies.modern, {mlkem: true}).curves, 'X25519MLKEM768:X25519:prime256v1:secp384r1')
  for (const policy of Object.values(policies)) {
    t.same(weaknesses(policy), [])
    t.ok(policy.source && policy.link && policy.taken)
  }
})

t.test('nothing weaker can be rendered, wherever the data came from', async t => {
  const weak: readonly object[] = [
    {protocols: ['TLSv1.1', 'TLSv1.2']},
    {protocols: ['SSLv3']},
    {protocols: []},
    {suites12: ['TLS_RSA_WITH_RC4_128_SHA']},
    {suites12: ['TLS_RSA_WITH_3DES_EDE_CBC_SHA']},
    {suites12: ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256']},
    {suites12: []},
    {suites13: ['TLS_SHA256_SHA256']},
    {groups: ['secp192r1']},
    {hsts: 300},
  ]
  for (const change of weak) {
    const policy = {...policies.intermediate, ...change} as unknown as TlsPolicy
    t.ok(weaknesses(policy).length > 0, JSON.stringify(change))
    t.throws(() => haproxyTls(policy), RangeError)
  }
})
