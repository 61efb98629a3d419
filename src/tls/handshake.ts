import {createHash} from 'node:crypto'
import {connect, type DetailedPeerCertificate, type TLSSocket} from 'node:tls'
import {Failure} from '../error.ts'
import type {Dial, Handshake, Target} from './model.ts'

/** What is set for one handshake; everything else is as a browser would. */
export interface Hello {
  /** `TLSv1.2` or `TLSv1.3`; the best of both when left out. */
  readonly only?: 'TLSv1.2' | 'TLSv1.3'
  /** `h2` and `http/1.1` when left out. */
  readonly alpn?: readonly string[]
}

const within = 5_000

/**
 * A real handshake with one edge node, under that name. Nothing is trusted and nothing refused: what is served is told,
 * and who asks compares. Throws `Failure('handshake-failed')` when the node agrees to nothing, and what `dial` throws.
 */
export async function handshakeWith(dial: Dial, target: Target, hello: Hello = {}): Promise<Handshake> {
  const {socket, staple} = await shaken(dial, target, hello)
  try {
    return {...told(socket), stapled: staple !== undefined, ...(staple ? {staple: staple.toString('base64')} : {})}
  } finally {
    socket.destroy()
  }
}

/** The connection after the handshake, and the OCSP answer that came with it; whoever asked destroys it. */
export async function shaken(
  dial: Dial,
  target: Target,
  {only, alpn = ['h2', 'http/1.1']}: Hello = {},
): Promise<{socket: TLSSocket; staple: Buffer | undefined}> {
  const carrier = await dial(target.address, target.port)
  const versions = only ? {minVersion: only, maxVersion: only} : {}
  const socket = connect({
    socket: carrier,
    servername: target.name,
    rejectUnauthorized: false,
    // No root of ours: Node would add it to what was served.
    ca: [],
    requestOCSP: true,
    ALPNProtocols: [...alpn],
    ...versions,
  })
  try {
    return {socket, staple: await agreed(socket)}
  } catch (cause) {
    socket.destroy()
    carrier.destroy()
    throw failed(target, cause)
  }
}

function agreed(socket: TLSSocket): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let staple: Buffer | undefined
    const late = setTimeout(() => reject(new Error(`no handshake within ${within / 1_000} s`)), within)
    const end = (outcome: () => void) => () => {
      clearTimeout(late)
      outcome()
    }
    socket.on('OCSPResponse', (response: Buffer | null) => {
      if (response && response.length > 0) staple = response
    })
    socket.once(
      'secureConnect',
      end(() => resolve(staple)),
    )
    socket.once(
      'close',
      end(() => reject(new Error('it hung up'))),
    )
    socket.on('error', error => end(() => reject(error))())
  })
}

function told(socket: TLSSocket): Omit<Handshake, 'stapled' | 'staple'> {
  const served = chainOf(socket.getPeerCertificate(true))
  const {standardName} = socket.getCipher()
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    suite: standardName,
    alpn: socket.alpnProtocol || undefined,
    fingerprint: sha256(served[0]),
    chain: served.map(sha256),
    certificates: served.map(pem),
  }
}

/** Node links each to its issuer, and a self-signed one to itself. */
function chainOf(first: DetailedPeerCertificate | undefined): Buffer[] {
  const chain: Buffer[] = []
  for (let at = first; at?.raw && !chain.some(each => each.equals(at?.raw ?? each)); at = at.issuerCertificate) {
    chain.push(at.raw)
  }
  return chain
}

function sha256(der: Buffer | undefined): string {
  return der ? createHash('sha256').update(der).digest('hex') : ''
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function failed({name, address, port}: Target, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure('handshake-failed', `${name} at ${address}, port ${port}, agrees to no TLS connection: ${why}.`, {
    facts: {name, address, port},
    cause,
  })
}
