import {connect, type SecureVersion} from 'node:tls'
import type {Test} from 'tap'
import type {Centre} from './centre.ts'
import {workerOf} from './certificate-lab.ts'
import {onHost} from './tenant-hosts.ts'

interface Edge {
  readonly cmc: Centre
  readonly edge: string
  readonly address: string
  readonly name: string
}

const file = '/etc/haproxy/selfhelp/ticket-keys'
const versions = ['TLSv1.2', 'TLSv1.3'] as const

/** Keys of session tickets go one by one, without a reload: what was sealed is still opened after one rotation, and not after two. */
export async function ticketKeysRotate(t: Test, at: Edge, rotate: () => Promise<void>): Promise<void> {
  const {cmc, edge} = at
  const worker = await workerOf(cmc, edge)
  const older = () => onHost(cmc, edge, 'touch', '-d', '7 hours ago', file)
  // A ticket lives for five minutes, whatever its key does: on a busy machine it is taken just before it is needed.
  const taken = () => Promise.all(versions.map(version => ticketFrom(at, version)))
  const opened = (tickets: readonly Buffer[]) =>
    Promise.all(tickets.map((ticket, n) => resumes(at, ticket, versions[n])))
  t.same(await opened(await taken()), [true, true], 'a ticket saves the handshake')
  const keys = await keysOf(at)
  t.equal(keys.length, 3)
  await rotate()
  t.same(await keysOf(at), keys, 'a young key stays')
  await older()
  const tickets = await taken()
  await rotate()
  t.same(await opened(tickets), [true, true], 'after one rotation its key still opens it')
  await older()
  await rotate()
  t.same(await opened(tickets), [false, false], 'after two it is gone')
  const now = await keysOf(at)
  t.same([now[0], now.filter(key => keys.includes(key)).length], [keys[2], 1], 'two are new, the oldest are gone')
  t.same((await onHost(cmc, edge, 'stat', '-c', '%a %U', file)).out.trim(), '600 root')
  t.equal(await workerOf(cmc, edge), worker, 'the process is the same')
}

async function keysOf({cmc, edge}: Edge): Promise<readonly string[]> {
  return (await onHost(cmc, edge, 'cat', file)).out.trim().split('\n')
}

/** What it gives along to come back with. */
function ticketFrom({address, name}: Edge, version: SecureVersion): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(asked(address, name, version))
    socket.once('session', session => {
      socket.destroy()
      resolve(session)
    })
    socket.once('error', reject).once('timeout', () => reject(new Error('no ticket came')))
  })
}

function resumes({address, name}: Edge, session: Buffer, version: SecureVersion | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({...asked(address, name, version), session})
    socket.once('secureConnect', () => {
      resolve(socket.isSessionReused())
      socket.destroy()
    })
    socket.once('error', reject).once('timeout', () => reject(new Error('timeout')))
  })
}

function asked(host: string, servername: string, version: SecureVersion | undefined) {
  const only = version ? {minVersion: version, maxVersion: version} : {}
  return {host, port: 443, servername, rejectUnauthorized: false, timeout: 30_000, ...only}
}
