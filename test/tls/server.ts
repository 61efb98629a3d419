import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Test} from 'tap'
import type {Target} from '../../src/tls/model.ts'
import type {Made} from '../support/hierarchy.ts'

type Ending = Pick<Test, 'teardown'>

const gnutls = '/usr/bin/gnutls-serv'
export const hasGnutls = existsSync(gnutls)

/** Everything GnuTLS can still be made to offer. */
const everything =
  'NONE:+VERS-ALL:+SIGN-ALL:+COMP-NULL:+KX-ALL:+CIPHER-ALL:+MAC-ALL:+GROUP-ALL:+ARCFOUR-128:+3DES-CBC:+NULL:+ANON-ECDH:+ANON-DH:+MD5:%COMPAT'

/** A deliberately weak server on loopback. */
export async function weakServer(t: Ending, name: string, {pem, key}: Made): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'weak-server-'))
  const [certificate, keyFile] = [join(folder, 'certificate'), join(folder, 'key')]
  writeFileSync(certificate, pem)
  writeFileSync(keyFile, key.export({type: 'pkcs8', format: 'pem'}))
  const port = await freePort()
  const files = ['--x509certfile', certificate, '--x509keyfile', keyFile]
  const child = spawn(gnutls, ['--http', '--port', `${port}`, ...files, '--priority', everything], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => {
    child.kill('SIGKILL')
    rmSync(folder, {recursive: true, force: true})
  })
  await listening(child)
  return {name, address: '127.0.0.1', port, httpPort: 1}
}

/** A server that answers a hello with recorded bytes when it asks for that, and refuses everything else. */
export async function recordedServer(
  t: Ending,
  {code, protocol, bytes}: {code?: string; protocol: string; bytes: string},
): Promise<Target> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', hello => {
      const wanted = protocol === 'SSLv2' ? isSslv2(hello) : asksFor(hello, versions[protocol] ?? 0, code ?? '')
      socket.end(Buffer.from(wanted ? bytes : '15030000020228', 'hex'))
    })
  })
  return at(t, server)
}

/** A server of somebody's own making. */
export async function at(t: Ending, server: Server): Promise<Target> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return {name: 'help.acme.example', address: '127.0.0.1', port: (server.address() as {port: number}).port, httpPort: 1}
}

const versions: Readonly<Record<string, number>> = {SSLv3: 0x300, 'TLSv1.0': 0x301, 'TLSv1.1': 0x302, 'TLSv1.2': 0x303}

const isSslv2 = (hello: Buffer) => ((hello[0] ?? 0) & 0x80) !== 0 && hello[2] === 1

function asksFor(hello: Buffer, version: number, code: string): boolean {
  if (hello[0] !== 22 || hello.readUInt16BE(9) !== version) return false
  const session = hello.readUInt8(43)
  const length = hello.readUInt16BE(44 + session)
  const suites = hello.subarray(46 + session, 46 + session + length).toString('hex')
  const asked: readonly string[] = suites.match(/.{4}/g) ?? []
  return asked.includes(code.toLowerCase())
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const {port} = server.address() as {port: number}
  await new Promise(resolve => server.close(resolve))
  return port
}

async function listening(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const hear = (text: Buffer) => {
      said += text.toString()
      if (/listening on IPv4.*done/.test(said)) resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', () => reject(new Error(`gnutls-serv ended: ${said.slice(-300)}`)))
  })
}
