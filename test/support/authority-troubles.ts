import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:https'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Test} from 'tap'
import type {AcmeHost} from './acme-host.ts'
import type {Centre} from './centre.ts'
import {must} from './prepared.ts'

const name = 'acme.ezvsaas.test'

/** pebble is asked to be difficult; where it cannot be, a server in its place is. */
export async function troubles(t: Test, cmc: Centre, authority: AcmeHost): Promise<void> {
  const issue = ['certificate', 'issue', 'acme', '--host', name]
  const before = (await cmc.json('certificate', 'show', name)).answer
  await authority.run('systemctl', 'stop', 'knot')
  await must(
    cmc,
    'certificate',
    'authority',
    'set',
    '--directory',
    authority.directory,
    '--root',
    authority.root,
    '--issues',
    authority.issues,
    '--eab-kid',
    authority.kid,
  )
  t.match(
    await cmc.json(...issue),
    {exit: 3, answer: {error: {code: 'run-undone', facts: {cause: 'authority-refused'}}}},
    'it cannot find the name',
  )
  await authority.run('systemctl', 'start', 'knot')
  await authority.run('systemctl', 'stop', 'pebble')
  const dead = await cmc.json(...issue)
  t.match(dead, {exit: 4})
  await authority.run('systemctl', 'start', 'pebble')
  await sleep(1000)
  const busy = await busyAuthority(t, authority)
  await must(cmc, 'run', 'abandon', dead.answer.error.runId ?? dead.answer.error.facts.run)
  await must(
    cmc,
    'certificate',
    'authority',
    'set',
    '--directory',
    busy.directory,
    '--root',
    busy.root,
    '--eab-kid',
    authority.kid,
  )
  const limited = await cmc.json(...issue)
  t.match(limited, {exit: 4})
  t.match(JSON.stringify(limited.answer), /authority-busy/)
  await must(cmc, 'run', 'abandon', limited.answer.error.runId ?? limited.answer.error.facts.run)
  t.equal(
    (await cmc.json('certificate', 'show', name)).answer.fingerprint,
    before.fingerprint,
    'what was served is served',
  )
  await must(
    cmc,
    'certificate',
    'authority',
    'set',
    '--directory',
    authority.directory,
    '--root',
    authority.root,
    '--issues',
    authority.issues,
    '--eab-kid',
    authority.kid,
  )
}

/** A server on this machine that answers 429 to everything. */
async function busyAuthority(t: Test, {root}: AcmeHost): Promise<{directory: string; root: string}> {
  const folder = dirname(root)
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '30',
      '-subj',
      '/CN=busy',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      'busy.key',
      '-out',
      'busy.pem',
    ],
    {cwd: folder, stdio: 'ignore'},
  )
  const at = (file: string) => join(folder, file)
  const server = createServer({key: readFileSync(at('busy.key')), cert: readFileSync(at('busy.pem'))}, (_, answer) => {
    answer.writeHead(429, {'retry-after': '3600'}).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  const address = server.address()
  return {directory: `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/dir`, root: at('busy.pem')}
}
