import {createHash} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'
import {CodedError} from '../error.ts'
import {enumerate} from './enumerate.ts'
import {handshakeWith, shaken} from './handshake.ts'
import {type Head, headOver} from './http.ts'
import type {Dial, Handshake, Target, TlsScan} from './model.ts'

/**
 * Everything one edge node offers for one name, found by our own enumeration. Throws what `dial` throws, and
 * `Failure('handshake-failed')` when it leaves a hello without an answer: silence proves nothing.
 */
export async function scan(dial: Dial, target: Target, at: Temporal.Instant): Promise<TlsScan> {
  const began = performance.now()
  const found = await enumerate(dial, target)
  const [handshake, page, http] = await Promise.all([
    orNone(handshakeWith(dial, target)),
    pageOf(dial, target),
    httpOf(dial, target),
  ])
  const location = http?.headers.get('location')
  return {
    ...{target, at, handshake},
    protocols: found.protocols,
    suites: found.suites,
    groups: found.groups,
    alpn: [...new Set([handshake?.alpn, page?.alpn].flatMap(each => each ?? []))],
    chain: found.chain?.map(sha256) ?? handshake?.chain ?? [],
    strictSni: !found.answersUnknown,
    hsts: page?.head?.headers.get('strict-transport-security'),
    http: http && {status: http.status, location},
    tookMs: Math.round(performance.now() - began),
  }
}

async function pageOf(
  dial: Dial,
  target: Target,
): Promise<{alpn: Handshake['alpn']; head: Head | undefined} | undefined> {
  const shake = await orNone(shaken(dial, target, {alpn: ['http/1.1']}))
  if (!shake) return undefined
  const {socket} = shake
  const alpn = socket.alpnProtocol || undefined
  return {alpn, head: await headOver(socket, {host: target.name, path: '/'})}
}

/** A path that nobody knows: whatever is there, http only sends to https. */
async function httpOf(dial: Dial, {name, address, httpPort = 80}: Target): Promise<Head | undefined> {
  const socket = await orNone(dial(address, httpPort))
  return socket && headOver(socket, {host: name, path: '/selfhelp-scan?of=http'})
}

/** Nothing where the far side refuses; what is wrong on this side is still thrown. */
async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof CodedError && nothing.has(error.code)) return undefined
    throw error
  }
}

const nothing: ReadonlySet<string> = new Set(['handshake-failed', 'address-unreachable'])

function sha256(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex')
}
