import {connect} from 'node:tls'
import type {Centre} from './centre.ts'
import {application, hostsAreApplied, must} from './prepared.ts'
import {run} from './process.ts'
import {onHost} from './tenant-hosts.ts'

/** One host with everything, and a front on the other site; the third is nobody of ours. */
export async function edgesOfTwoSites(cmc: Centre): Promise<void> {
  const certified = ['--country', 'FR', '--tier', '3+', '--iso27001', '2099-06-30', '--soc2', '2099-03-31']
  for (const site of ['north', 'south']) await must(cmc, 'site', 'add', site, ...certified)
  for (const [name, roles] of [
    ['north-1', application],
    ['south-1', ['edge']],
  ] as const) {
    const {hostKey} = await cmc.host(name)
    await must(cmc, 'host', 'add', name, ...(await cmc.adopting(name, ...roles)), '--host-key', hostKey)
  }
  await hostsAreApplied(cmc)
  await must(cmc, 'release', 'build')
}

/** SHA-256 of the leaf that is served. */
export function leafAt(address: string, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({host: address, port: 443, servername, rejectUnauthorized: false, timeout: 30_000})
    socket.once('error', reject).once('timeout', () => reject(new Error('timeout')))
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase())
      socket.destroy()
    })
  })
}

/** What a responder says of the leaf that is served, in base64, where the edge gives it along (`status_request`). */
export function stapleAt(address: string, servername: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = {host: address, port: 443, servername, rejectUnauthorized: false, requestOCSP: true, timeout: 9000}
    const socket = connect(options)
    let word: string | undefined
    socket.on('OCSPResponse', (response: Buffer | null) => {
      if (response && response.length > 0) word = response.toString('base64')
    })
    socket.once('error', reject).once('timeout', () => reject(new Error('timeout')))
    socket.once('secureConnect', () => {
      resolve(word)
      socket.destroy()
    })
  })
}

/** The process id of the HAProxy that answers: another one after each reload. */
export async function workerOf(cmc: Centre, edge: string): Promise<string> {
  return (await told(cmc, edge, ['show info'])).split('\n').find(line => line.startsWith('Pid:')) ?? ''
}

async function told(cmc: Centre, edge: string, commands: readonly string[]): Promise<string> {
  const program = `use IO::Socket::UNIX; for (@ARGV) { my $s = IO::Socket::UNIX->new("/run/haproxy/admin.sock"); print $s "$_\\n"; print <$s> }`
  return (await onHost(cmc, edge, 'perl', '-e', program, ...commands)).out
}

/** Everything the running HAProxy of an edge serves, as sorted lines. */
export async function stateOf(cmc: Centre, edge: string): Promise<readonly string[]> {
  const commands = [
    'show map /etc/haproxy/selfhelp/hosts.map',
    'show ssl crt-list /etc/haproxy/selfhelp/crt-list',
    'show servers state',
    'show ssl cert',
    'show ssl ocsp-response',
  ]
  const out = await told(cmc, edge, commands)
  return out
    .split('\n')
    .map(line => line.replace(/^0x[0-9a-f]+ /, ''))
    .map(line => (/^\d+ \S+ \d+ s /.test(line) ? [1, 4, 18].map(n => line.split(' ')[n]).join(' ') : line))
    .filter(line => line !== '')
    .sort()
}

/** Something else answers on 443 of that host. */
export async function intruderAt(cmc: Centre, host: string): Promise<void> {
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

export async function intruderGone(cmc: Centre, host: string): Promise<void> {
  await onHost(
    cmc,
    host,
    'sh',
    '-c',
    'nft delete table ip intruder; kill $(cat /tmp/i.pid); rm -f /tmp/i.*; systemctl restart nftables',
  )
}

export async function piped(words: readonly string[], file: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  return (await run(['sh', '-c', 'f=$1; shift; exec "$@" <"$f"', 'sh', file, ...words], {env})).exit
}
