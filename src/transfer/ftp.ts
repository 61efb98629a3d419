import {createHash, X509Certificate} from 'node:crypto'
import {Writable} from 'node:stream'
import {type ConnectionOptions, checkServerIdentity} from 'node:tls'
import type {Client} from 'basic-ftp'
import {CodedError} from '../error.ts'
import {type Access, type Courier, failed, refused} from './courier.ts'

const patience = 60_000

/** Over FTPS (AUTH TLS, for commands and data, RFC 4217), or over FTP where that was accepted. */
export async function overFtp(access: Access): Promise<Courier> {
  const {Client, FTPError} = await import('basic-ftp')
  const client = new Client(patience)
  const path = (name: string) => (access.folder === '' ? name : `${access.folder}/${name}`)
  const tried = tryingAt(access)
  await entered(client, access)
  return {
    size: name =>
      tried('does not tell a size', async () => {
        try {
          return await client.size(path(name))
        } catch (thrown) {
          if (thrown instanceof FTPError && thrown.code === 550) return undefined
          throw thrown
        }
      }),
    write: (name, from, content) =>
      tried('did not take all of it; it may be full', async () => {
        if (from > 0) await client.appendFrom(content, path(name))
        else await client.uploadFrom(content, path(name))
      }),
    sum: name =>
      tried('does not give back what it was given', async () => {
        const sum = createHash('sha256')
        const into = new Writable({
          write(chunk, _, done) {
            sum.update(chunk)
            done()
          },
        })
        await client.downloadTo(into, path(name))
        return sum.digest('hex')
      }),
    remove: name => tried('did not remove it', async () => void (await client.remove(path(name), true))),
    rename: (from, to) =>
      tried('did not rename it', async () => {
        await client.remove(path(to), true)
        await client.rename(path(from), path(to))
      }),
    [Symbol.asyncDispose]: async () => client.close(),
  }
}

/** Logged in, to who it must be: nothing of ours was sent before. */
async function entered(client: Client, access: Access): Promise<void> {
  const {protocol, host, port, account, secret} = access
  const tried = tryingAt(access)
  try {
    await tried('does not answer', () => client.connect(host, port))
    if (protocol === 'ftps') await tried('cannot be spoken to over TLS', () => client.useTLS(trusting(access)))
    await tried('does not let us in', () => client.login(account, secret.expose()))
    await tried('does not take our settings', () => client.useDefaultSettings())
  } catch (thrown) {
    client.close()
    throw thrown
  }
}

function tryingAt(access: Access) {
  return async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (thrown) {
      throw told(access, what, thrown)
    }
  }
}

/** The certificate that is pinned itself, or one of that authority for that name; nothing given, what the system trusts. */
function trusting({host, trust}: Access): ConnectionOptions {
  if (trust === undefined) return {host, servername: host, minVersion: 'TLSv1.2'}
  const pinned = new X509Certificate(trust).fingerprint256
  return {
    host,
    servername: host,
    minVersion: 'TLSv1.2',
    ca: [trust],
    allowPartialTrustChain: true,
    checkServerIdentity: (name, certificate) =>
      certificate.fingerprint256 === pinned ? undefined : checkServerIdentity(name, certificate),
  }
}

const full = new Set([452, 552])

function told(access: Access, what: string, thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown
  const {message, code} = thrown as Error & {code?: number | string}
  if (what === 'does not let us in' && code === 530) return refused(access, `${what}: ${message}`, thrown)
  const certificate = typeof code === 'string' && /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)
  if (certificate || thrown === code)
    return refused(access, `shows another certificate than the pinned one: ${message}`, thrown)
  if (typeof code === 'number' && full.has(code)) return failed(access, `has no room: ${message}`, thrown)
  return failed(access, `${what}: ${message ?? thrown}`, thrown)
}
