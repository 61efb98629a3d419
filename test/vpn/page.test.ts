import {readFileSync} from 'node:fs'
import t from 'tap'
import {vpnPage} from '../../src/vpn/page.ts'
import {sameAsFile} from '../support/golden.ts'

t.test('docs/vpn.md says what the reader and the policy say', async t => {
  const example = readFileSync(new URL('../../examples/vpn-acme.yaml', import.meta.url), 'utf8')
  sameAsFile(t, 'docs/vpn.md', vpnPage(example))
})
