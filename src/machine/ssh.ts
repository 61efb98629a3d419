import {createHash} from 'node:crypto'
import type {Algorithms, Client, ConnectConfig} from 'ssh2'
import {Bug, Failure, Refusal} from '../error.ts'
import type {Secret} from '../secret/secret.ts'
import {type Channel, exchangeOver} from './exchange.ts'
import type {Connection, Exchange} from './model.ts'
import {bootstrap, readerProgram} from './program.ts'

/** Where a machine is and how it is known. */
export interface SshTarget {
  /** The name operators use. */
  readonly host: string
  readonly address: string
  readonly port?: number
  /** `root` needs no sudo; everybody else must have it without a password. */
  readonly user: string
  /** The private key in OpenSSH or PEM form. */
  readonly key: Secret<string>
  /** The pinned key of the machine: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  /** What to type when another key answers. */
  readonly otherKey?: readonly string[]
  /** Milliseconds, default 10,000. */
  readonly connectWithin?: number
  /** Milliseconds for one exchange, default 15 minutes. */
  readonly deadline?: number
}

export interface Warmable extends Connection {
  /** Begins to make an exchange ready before one is asked for; whatever is in the way, the exchange says it. */
  warm(): void
}

/**
 * One SSH connection, opened at the first exchange, used for all, opened anew after it broke.
 * Throws `Refusal('host-key-changed')`, `Failure('host-unreachable')`.
 */
export function sshConnection(target: SshTarget): Warmable {
  let client: Promise<Client> | undefined
  let next: Promise<Started | undefined> | undefined
  let roundTrips = 0
  const {host, deadline = 900_000} = target
  const start = async () => {
    client ??= connected(target)
    return started(await client, target)
  }
  // A reader that waits costs nothing; session, sudo, shell and program cost a small exchange half of its time.
  const ahead = () => {
    next ??= start().catch(() => undefined)
  }
  return {
    host,
    get roundTrips() {
      return roundTrips
    },
    warm: ahead,
    async exchange(exchange: Exchange) {
      const waiting = next
      next = undefined
      try {
        const before = await waiting
        const channel = before?.isOpen() ? before : await start()
        roundTrips += 1
        const answers = await exchangeOver({host, channel, deadline}, exchange)
        // What a run has begun goes on, while it writes down how far it is.
        if (exchange.fence && client) ahead()
        return answers
      } catch (error) {
        if (error instanceof Failure) await this.close()
        throw error
      }
    },
    async close() {
      const closing = client
      client = undefined
      next = undefined
      await closing?.then(
        open => open.destroy(),
        () => {},
      )
    },
    again: () => sshConnection(target),
  }
}

/** An open connection to a machine that showed the pinned key. */
export async function connected(target: SshTarget): Promise<Client> {
  const {Client} = (await import('ssh2')).default
  const client = new Client()
  let changed: Refusal | undefined
  const config = configOf(target, refusal => {
    changed = refusal
  })
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('close', () => reject(changed ?? unreachable(target, new Error('closed'))))
    client.on('error', error => reject(changed ?? unreachable(target, error)))
    try {
      client.connect(config)
      // Without it every small packet waits 40 ms for a delayed acknowledgement, those of the handshake too.
      client.setNoDelay(true)
    } catch (cause) {
      reject(new Bug(`The key for ${target.host} cannot be used: ${cause instanceof Error ? cause.message : cause}`))
    }
  })
  return client
}

function configOf(target: SshTarget, refuse: (refusal: Refusal) => void): ConnectConfig {
  const [type = '', pinned = ''] = target.hostKey.trim().split(/\s+/)
  return {
    host: target.address,
    port: target.port ?? 22,
    username: target.user,
    privateKey: target.key.expose(),
    // Not asked first what would do: nothing else does.
    authHandler: ['publickey'],
    readyTimeout: target.connectWithin ?? 10_000,
    keepaliveInterval: 5_000,
    keepaliveCountMax: 3,
    algorithms: algorithms(type),
    hostVerifier: (key: Buffer) => {
      const same = key.equals(Buffer.from(pinned, 'base64'))
      if (!same) refuse(keyChanged(target, pinned, key))
      return same
    },
  }
}

function algorithms(hostKeyType: string): Algorithms {
  const serverHostKey = hostKeyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [hostKeyType]
  return {
    serverHostKey: serverHostKey as NonNullable<Algorithms['serverHostKey']>,
    kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'],
    cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  } as Algorithms
}

/** As `ssh-keygen -l` prints it: `SHA256:…`. */
function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

function keyChanged({host, otherKey = []}: SshTarget, pinned: string, found: Buffer): Refusal {
  const expected = fingerprint(Buffer.from(pinned, 'base64'))
  const seen = fingerprint(found)
  return new Refusal(
    'host-key-changed',
    `${host} answers with the key ${seen}, expected is ${expected}; nothing was sent.`,
    {
      facts: {host, expected, found: seen},
      remedies: [
        'Find out why: a machine set up anew has a new key, and so has one that stands in its place.',
        ...otherKey,
      ],
    },
  )
}

function unreachable({host, address, port = 22}: SshTarget, cause: Error): Failure {
  return new Failure(
    'host-unreachable',
    `${host} (${address} port ${port}) cannot be reached over SSH: ${cause.message}.`,
    {
      facts: {host, address, port},
      cause,
    },
  )
}

interface Started extends Channel {
  isOpen(): boolean
}

/** A reader that has its program and waits for an exchange. */
function started(client: Client, target: SshTarget): Promise<Started> {
  const command = target.user === 'root' ? bootstrap : `sudo -n ${bootstrap}`
  return new Promise((resolve, reject) => {
    const lost = () => reject(unreachable(target, new Error('the connection is closed')))
    client.once('close', lost)
    try {
      client.exec(command, (error, stream) => {
        client.off('close', lost)
        if (error) return reject(unreachable(target, error))
        // A dead transport ends no channel by itself.
        const ended = () => stream.destroy()
        client.once('close', ended)
        stream.once('close', () => client.off('close', ended))
        // One that nobody reads from does not say that it was closed.
        let open = true
        for (const event of ['exit', 'finish', 'close'])
          stream.once(event, () => {
            open = false
          })
        // Until an exchange listens; then it hears of it by the end of the stream.
        stream.on('error', () => {})
        stream.write(readerProgram())
        const streams = {stdin: stream, stdout: stream, stderr: stream.stderr}
        resolve({...streams, destroy: () => stream.destroy(), isOpen: () => open})
      })
    } catch {
      lost()
    }
  })
}
