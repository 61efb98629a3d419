import {readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:https'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {connect} from 'node:tls'
import t, {type Test} from 'tap'
import {type AcmeHost, acmeHost} from '../support/acme-host.ts'
import {type Centre, centre} from '../support/centre.ts'
import {customerAuthority} from '../support/customer-ca.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'
import {application, contractFile, must} from '../support/prepared.ts'
import {onHost} from '../support/tenant-hosts.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const name = 'acme.ezvsaas.test'

t.test('the certificates of a tenant on two edges of two sites', {skip: why ?? false, timeout: 840_000}, async t => {
  const cmc = await centre(t, '-cert', {
    sites: [
      {name: 'north', count: 1},
      {name: 'south', count: 2},
    ],
    disk: 4 * 1024 ** 3,
  })
  const [north, south] = [(await cmc.host('north-1')).address, (await cmc.host('south-1')).address]
  const help = 'help.acme.example'
  const names = {[name]: north, 'acme-edition.ezvsaas.test': south, [help]: south}
  const outside = acmeHost(cmc, 'south-2', {zones: ['ezvsaas.test', 'acme.example'], names})
  await must(cmc, 'init', '--operator', 'jane@cmc.test')
  await edgesOfTwoSites(cmc)
  await must(cmc, 'probe', 'add', 'outside', '--netns', `selfhelp-${cmc.lab}-outside`)
  const contract = contractFile(dirname(cmc.home), 'acme', 'sites: {primary: north, secondary: south}')
  writeFileSync(contract, readFileSync(contract, 'utf8').replace('ownDomain: false', 'ownDomain: true'))
  await must(cmc, 'tenant', 'create', 'acme', '--contract', contract)
  const pki = customerAuthority(join(dirname(cmc.home), 'pki'))
  const install = (files: {cert: string; key: string}, host = name) => [
    ...['certificate', 'install', 'acme', '--host', host],
    ...['--cert', files.cert, '--key', files.key, '--root', pki.root],
  ]

  await t.test('every edge serves the name of a new tenant, loaded without a reload', async t => {
    for (const edge of ['north-1', 'south-1']) {
      const workers = await onHost(
        cmc,
        edge,
        'sh',
        '-c',
        "printf 'show proc\\n' | perl -MIO::Socket::UNIX -e '$s=IO::Socket::UNIX->new(\"/run/haproxy-master.sock\");print $s scalar <STDIN>;print <$s>'",
      )
      t.match(workers.out, /worker/, edge)
    }
    t.match(await cmc.type('environment', 'drift'), {exit: 0})
    t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
  })

  const one = pki.leaf('one', name)
  await t.test("a customer's certificate is served by both, proven by a handshake from outside", async t => {
    t.match(await cmc.json(...install(one), '--plan'), {exit: 0, answer: {changes: true}})
    const {exit, answer} = await cmc.json(...install(one))
    t.equal(exit, 0)
    const proven = (host: string) => ({host, state: 'proven', from: 'outside', protocol: 'TLSv1.3'})
    t.match(answer, {changed: true, complete: true, edges: [proven('north-1'), proven('south-1')]})
    for (const address of [north, south]) t.equal(await leafAt(address, name), answer.fingerprint)
    t.match(
      await cmc.json(...install(one)),
      {exit: 0, answer: {changed: false}},
      'the same typed again changes nothing',
    )
    t.match(await cmc.type('environment', 'drift'), {exit: 0})
  })

  await t.test('one that does not fit is refused with every finding, and nothing changes', async t => {
    const other = pki.leaf('other', 'other.example')
    const refused = await cmc.json(...install({cert: other.cert, key: one.key}))
    t.match(refused, {exit: 3, answer: {error: {code: 'certificate-unfit'}}})
    t.ok(refused.answer.error.facts.findings.length >= 2)
  })

  await t.test('an edge that serves something else has the one before back everywhere', async t => {
    const before = await leafAt(north, name)
    const two = pki.leaf('two', name)
    await intruderAt(cmc, 'south-1', one)
    const {exit, answer} = await cmc.json(...install(two))
    t.equal(exit, 3)
    t.match(JSON.stringify(answer), /handshake-differs/)
    t.equal(await leafAt(north, name), before, 'the honest edge is back too')
    await intruderGone(cmc, 'south-1')
    t.equal(await leafAt(south, name), before)
    t.match(await cmc.type('environment', 'drift'), {exit: 0}, 'nothing is left staged or served')
  })

  await t.test(
    'an edge that is cut during the commit gets it when it is back; until then nobody calls it done',
    async t => {
      const three = pki.leaf('three', name)
      await must(cmc, 'lab', 'cut', 'south-1', '--lab', cmc.lab)
      const {exit, answer} = await cmc.json(...install(three))
      t.equal(exit, 5)
      t.match(answer, {
        complete: false,
        edges: [
          {host: 'north-1', state: 'proven'},
          {host: 'south-1', state: 'missing'},
        ],
      })
      t.match((await cmc.json('event', 'list')).answer.items, [{kind: 'certificate-partial', subject: name}])
      await must(cmc, 'lab', 'heal', 'south-1', '--lab', cmc.lab)
      t.match(await cmc.json('certificate', 'renew', '--due'), {exit: 0, answer: {items: [{doing: 'deliver'}]}})
      t.equal(await leafAt(south, name), answer.fingerprint)
      t.match((await cmc.json('event', 'list')).answer.items, [])
    },
  )

  await t.test('the longest chain accepted goes through the runtime API in one piece', async t => {
    const long = pki.leaf('long', name, {key: 'rsa4096', intermediates: 3})
    const {exit, answer} = await cmc.json(...install(long))
    t.equal(exit, 0)
    t.equal(await leafAt(south, name), answer.fingerprint)
  })

  await t.test('after a restart each edge runs what it ran before', async t => {
    for (const edge of ['north-1', 'south-1']) {
      const before = await stateOf(cmc, edge)
      t.ok(before.length > 8)
      t.equal((await onHost(cmc, edge, 'systemctl', 'restart', 'haproxy')).exit, 0)
      t.same(await stateOf(cmc, edge), before, edge)
    }
  })

  const authority = await outside
  const set = (...more: readonly string[]) => {
    const {directory, root, issues, kid} = authority
    return [
      'certificate',
      'authority',
      'set',
      '--directory',
      directory,
      '--root',
      root,
      '--issues',
      issues,
      '--eab-kid',
      kid,
      ...more,
    ]
  }
  await t.test(
    'an authority issues over http through the edges, bound to an account, with nonces it rejects',
    async t => {
      const env = {...process.env, SELFHELP_HOME: cmc.home}
      t.equal(await piped(['bin/selfhelp', ...set('--eab-key-stdin')], authority.eabKey, env), 0)
      const {exit, answer} = await cmc.json('certificate', 'issue', 'acme', '--host', 'acme-edition.ezvsaas.test')
      t.equal(exit, 0, JSON.stringify(answer))
      t.match(answer, {source: 'acme', complete: true})
      t.equal(await leafAt(south, 'acme-edition.ezvsaas.test'), answer.fingerprint)
    },
  )

  await t.test("a customer's own name is served beside ours, proven to the authority by DNS", async t => {
    t.match(await cmc.json('domain', 'add', 'acme', 'nowhere.acme.example', '--resolver', authority.address), {
      exit: 5,
      answer: {verified: false, record: {type: 'CNAME', value: name}},
    })
    t.match(await cmc.json('domain', 'add', 'acme', help, '--resolver', authority.address), {
      exit: 0,
      answer: {verified: true},
    })
    await must(cmc, ...set('--challenge', 'dns-01', '--dns-server', authority.address, '--dns-key', authority.tsig))
    const {exit, answer} = await cmc.json('certificate', 'issue', 'acme', '--host', help)
    t.equal(exit, 0, JSON.stringify(answer))
    t.equal(await leafAt(north, help), answer.fingerprint)
    t.not(await leafAt(north, name), answer.fingerprint, 'ours is served as before')
    t.match(await cmc.json('domain', 'remove', help, '--confirm', help), {exit: 0})
    await t.rejects(leafAt(north, help), 'no certificate for a name nobody knows')
    t.match(await cmc.type('environment', 'drift'), {exit: 0})
  })

  await t.test('an authority that refuses, is busy, or dies between order and certificate', async t => {
    await troubles(t, cmc, authority)
  })

  await t.test('a full disk stops it before anything is served', async t => {
    const four = pki.leaf('four', name)
    const before = await leafAt(north, name)
    await must(cmc, 'lab', 'fill', 'south-1', '--lab', cmc.lab)
    const going = cmc.type(...install(four))
    await sleep(3000)
    t.equal(await leafAt(north, name), before)
    await must(cmc, 'lab', 'unfill', 'south-1', '--lab', cmc.lab)
    const {exit} = await going
    if (exit !== 0) t.match(await cmc.json(...install(four)), {exit: 0})
    t.not(await leafAt(north, name), before)
  })

  await t.test('a run that is killed once in every step ends like one that was not', async t => {
    const five = pki.leaf('five', name)
    const {answer} = await cmc.json(...install(five), '--detach')
    await diesOncePerStep(t, cmc, answer.run)
    t.match(await cmc.json(...install(five)), {exit: 0, answer: {changed: false, complete: true}})
    t.match(await cmc.type('environment', 'drift'), {exit: 0})
    t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
  })
})

/** One host with everything, and a front on the other site; the third is nobody of ours. */
async function edgesOfTwoSites(cmc: Centre): Promise<void> {
  const certified = ['--country', 'FR', '--tier', '3+', '--iso27001', '2099-06-30', '--soc2', '2099-03-31']
  for (const site of ['north', 'south']) await must(cmc, 'site', 'add', site, ...certified)
  for (const [name, roles] of [
    ['north-1', application],
    ['south-1', ['edge']],
  ] as const) {
    const {hostKey} = await cmc.host(name)
    await must(cmc, 'host', 'add', name, ...(await cmc.adopting(name, ...roles)), '--host-key', hostKey)
  }
  await must(cmc, 'host', 'apply', '--all')
  await must(cmc, 'release', 'build')
}

/** SHA-256 of the leaf that is served. */
function leafAt(address: string, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({host: address, port: 443, servername, rejectUnauthorized: false, timeout: 5000})
    socket.once('error', reject).once('timeout', () => reject(new Error('timeout')))
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase())
      socket.destroy()
    })
  })
}

/** Everything the running HAProxy of an edge serves, as sorted lines. */
async function stateOf(cmc: Centre, edge: string): Promise<readonly string[]> {
  const commands = [
    'show map /etc/haproxy/selfhelp/hosts.map',
    'show ssl crt-list /etc/haproxy/selfhelp/crt-list',
    'show servers state',
    'show ssl cert',
  ]
  const program = `use IO::Socket::UNIX; for (@ARGV) { my $s = IO::Socket::UNIX->new("/run/haproxy/admin.sock"); print $s "$_\\n"; print <$s> }`
  const {out} = await onHost(cmc, edge, 'perl', '-e', program, ...commands)
  return out
    .split('\n')
    .map(line => line.replace(/^0x[0-9a-f]+ /, ''))
    .map(line => (/^\d+ \S+ \d+ s /.test(line) ? [1, 4, 18].map(n => line.split(' ')[n]).join(' ') : line))
    .filter(line => line !== '')
    .sort()
}

/** Something else answers on 443 of that host. */
async function intruderAt(cmc: Centre, host: string, files: {cert: string; key: string}): Promise<void> {
  void files
  const script = [
    'openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=intruder -keyout /tmp/i.key -out /tmp/i.pem 2>/dev/null',
    '(setsid openssl s_server -accept 8443 -cert /tmp/i.pem -key /tmp/i.key -quiet </dev/null >/dev/null 2>&1 & echo $! >/tmp/i.pid)',
    'nft add table ip intruder',
    "nft 'add chain ip intruder pre { type nat hook prerouting priority -100 ; }'",
    'nft add rule ip intruder pre tcp dport 443 redirect to :8443',
    'nft insert rule inet selfhelp input tcp dport 8443 accept 2>/dev/null || nft list tables',
  ].join(' && ')
  const {exit, out, err} = await onHost(cmc, host, 'sh', '-c', script)
  if (exit !== 0) throw new Error(`${out} ${err}`)
}

async function intruderGone(cmc: Centre, host: string): Promise<void> {
  await onHost(
    cmc,
    host,
    'sh',
    '-c',
    'nft delete table ip intruder; kill $(cat /tmp/i.pid); rm -f /tmp/i.*; systemctl restart nftables',
  )
}

async function piped(words: readonly string[], file: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const {run} = await import('../support/process.ts')
  return (await run(['sh', '-c', 'f=$1; shift; exec "$@" <"$f"', 'sh', file, ...words], {env})).exit
}

/** pebble is asked to be difficult; where it cannot be, a server in its place is. */
async function troubles(t: Test, cmc: Centre, authority: AcmeHost): Promise<void> {
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
  const {execFileSync} = await import('node:child_process')
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
  writeFileSync(at('busy.url'), '')
  return {directory: `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/dir`, root: at('busy.pem')}
}
