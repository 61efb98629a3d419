import {createHash} from 'node:crypto'
import {Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {Client, ConnectConfig, SFTPWrapper} from 'ssh2'
import {CodedError} from '../error.ts'
import {type Access, type Courier, failed, refused} from './courier.ts'

/** A server that answers keepalives and nothing else would hold a run for ever. */
const patience = 120_000

/** Over SFTP, to a server that shows the pinned key; milliseconds in which it must say something about what it is asked. */
export async function overSftp(access: Access, within = patience): Promise<Courier> {
  const client = await connected(access)
  // A connection that is lost fails what goes on over it, not the process.
  client.on('error', () => {})
  const tried = tryingOver(client, access, within)
  const sftp = await tried('has no SFTP', () => opened(access, client))
  const path = (name: string) => (access.folder === '' ? name : `${access.folder}/${name}`)
  return {
    size: name => tried('does not tell a size', () => sizeOf(sftp, path(name))),
    write: (name, from, content) =>
      tried('did not take all of it; it may be full', watch =>
        pipeline(
          content,
          source => pieces(source, watch),
          sftp.createWriteStream(path(name), {flags: from > 0 ? 'r+' : 'w', start: from}),
        ),
      ),
    sum: name =>
      tried('does not give back what it was given', async watch => {
        const sum = createHash('sha256')
        await pipeline(sftp.createReadStream(path(name)), counting(sum, watch))
        return sum.digest('hex')
      }),
    remove: name => tried('did not remove it', () => called(done => sftp.unlink(path(name), done))),
    rename: (from, to) =>
      tried('did not rename it', async () => {
        if ((await sizeOf(sftp, path(to))) !== undefined) await called(done => sftp.unlink(path(to), done))
        await called(done => sftp.rename(path(from), path(to), done))
      }),
    [Symbol.asyncDispose]: async () => void client.destroy(),
  }
}

/** Runs out unless it is told that something was heard. */
interface Watch {
  heard(): void
  /** The next word is ours. */
  pause(): void
}

function tryingOver(client: Client, access: Access, within: number) {
  const lost = new Promise<never>((_, reject) => {
    client.once('close', () => reject(failed(access, 'ended the connection')))
  })
  lost.catch(() => {})
  return async <T>(what: string, work: (watch: Watch) => Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const pause = () => clearTimeout(timer)
    try {
      return await new Promise<T>((resolve, reject) => {
        const silent = () => {
          reject(failed(access, `${what}: it said nothing for ${within / 1000} seconds`))
          client.destroy()
        }
        const heard = () => {
          pause()
          timer = setTimeout(silent, within)
        }
        heard()
        Promise.race([work({heard, pause}), lost]).then(resolve, reject)
      })
    } catch (thrown) {
      throw thrown instanceof CodedError ? thrown : failed(access, `${what}: ${(thrown as Error).message}`, thrown)
    } finally {
      pause()
    }
  }
}

/** Bytes that even a slow line takes in time; more than its stream holds back, so that they are written in order. */
const piece = 262_144

/** Asks for more only when what it gave was taken: while it waits for that, the server may be silent. */
async function* pieces(content: AsyncIterable<Buffer>, watch: Watch): AsyncGenerator<Buffer> {
  watch.pause()
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; at += piece) {
      watch.heard()
      yield chunk.subarray(at, at + piece)
    }
    watch.pause()
  }
  watch.heard()
}

async function connected(access: Access): Promise<Client> {
  const {Client} = (await import('ssh2')).default
  const client = new Client()
  let other = false
  const [type = '', pinned = ''] = (access.trust ?? '').trim().split(/\s+/)
  const hostVerifier = (key: Buffer) => {
    other = !key.equals(Buffer.from(pinned, 'base64'))
    return !other
  }
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.on('error', (error: Error & {level?: string}) => {
      if (other) reject(refused(access, 'shows another key than the pinned one; nothing was sent.', error))
      else if (error.level === 'client-authentication')
        reject(refused(access, `does not let us in: ${error.message}`, error))
      else reject(failed(access, `does not answer: ${error.message}`, error))
    })
    client.once('close', () => reject(failed(access, 'ended the connection')))
    client.connect({...configOf(access, type), hostVerifier})
  })
  return client
}

function configOf({host, port, account, secret, withKey}: Access, type: string): ConnectConfig {
  const serverHostKey = type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]
  return {
    host,
    port,
    username: account,
    ...(withKey ? {privateKey: secret.expose()} : {password: secret.expose()}),
    readyTimeout: 30_000,
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    algorithms: {serverHostKey} as NonNullable<ConnectConfig['algorithms']>,
  }
}

function opened(access: Access, client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) =>
      error ? reject(failed(access, `has no SFTP: ${error.message}`, error)) : resolve(sftp),
    )
  })
}

/** SSH_FX_NO_SUCH_FILE */
const absent = 2

function sizeOf(sftp: SFTPWrapper, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    sftp.stat(path, (error, stats) => {
      if (!error) resolve(stats.size)
      else if ((error as Error & {code?: number}).code === absent) resolve(undefined)
      else reject(error)
    })
  })
}

function called(ask: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => ask(error => (error ? reject(error) : resolve())))
}

function counting(sum: ReturnType<typeof createHash>, watch: Watch): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      watch.heard()
      sum.update(chunk)
      done()
    },
  })
}
