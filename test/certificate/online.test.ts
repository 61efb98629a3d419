// `certificate check --online` as it is typed, against lists that OpenSSL made and a server that gives them out.
import {once} from 'node:events'
import {createServer} from 'node:http'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {customerAuthority} from '../support/customer-ca.ts'
import {run} from '../support/process.ts'

t.test('the list of an authority decides, and one that nobody gives out is a finding of its own', async t => {
  const pki = customerAuthority(t.testdir())
  let list: Buffer | undefined
  const asked: string[] = []
  const server = createServer((question, answer) => {
    asked.push(question.url ?? '')
    if (list) answer.end(list)
    else answer.writeHead(503).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const crl = `http://127.0.0.1:${(server.address() as {port: number}).port}/customer.crl`
  const leaf = pki.leaf('one', 'help.acme.example', {crl})
  const typed = [...['certificate', 'check', leaf.cert, '--key', leaf.key, '--root', pki.root, '--json']]
  const about = ['--for', 'help.acme.example', '--contract-end', '2029-11-30']
  const env = {PATH: process.env.PATH, SELFHELP_HOME: t.testdirName, SELFHELP_RESPONDER_NETWORKS: '127.0.0.0/8'}
  const check = async (...more: readonly string[]) => {
    const {exit, out} = await run([join(packageRoot(), 'bin/selfhelp'), ...typed, ...about, ...more], {env})
    const {findings} = JSON.parse(out) as {findings: readonly {rule: string; severity: string}[]}
    const refused = findings.filter(({severity}) => severity === 'refused').map(({rule}) => rule)
    return [exit, ...refused]
  }

  list = pki.revocationList('one', true)
  t.same(await check(), [0], 'offline nobody is asked')
  t.same(asked, [])
  t.same(await check('--online'), [3, 'revoked'])
  list = pki.revocationList('one', false)
  t.same(await check('--online'), [0])
  list = undefined
  t.same(await check('--online'), [3, 'revocation-unknown'])
  t.same(asked, Array(3).fill('/customer.crl'))
})
