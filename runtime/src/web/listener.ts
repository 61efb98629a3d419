import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {isIPv6} from 'node:net'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {log} from '../log.ts'
import type {Answer, Asked} from './message.ts'

export type App = (asked: Asked) => Promise<Answer>

const mostBodyBytes = 65_536

/** Security headers of every answer; HSTS is the edge's. */
const always = {
  // same-origin and not no-referrer: with the latter browsers send `Origin: null` with our own forms.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
}

/** An HTTP server that reads requests, asks `app` and writes its answers; never throws, logs one line per request. */
export function createListener(name: string, app: App, proxies: readonly string[] = []): Server {
  const server = createServer({maxHeaderSize: 16_384, keepAliveTimeout: 65_000}, async (request, response) => {
    const start = performance.now()
    let answer: Answer
    try {
      answer = await app(await read(request, proxies))
    } catch (error) {
      answer = failed(error)
    }
    // Asked to stop: whoever is answered now shall ask another process next.
    if (!server.listening) response.setHeader('connection', 'close')
    await write(request, response, answer).catch(error => {
      log('warn', 'answer-not-delivered', {error})
      response.destroy()
    })
    const ms = Math.round((performance.now() - start) * 10) / 10
    if (answer.route !== 'health') {
      log('info', 'request', {listener: name, method: request.method, route: answer.route, status: answer.status, ms})
    }
  })
  server.requestTimeout = 15_000
  server.headersTimeout = 10_000
  return server
}

class BadRequest extends Error {
  readonly status: number

  constructor(status: number) {
    super(`refused with ${status}`)
    this.status = status
  }
}

async function read(request: IncomingMessage, proxies: readonly string[]): Promise<Asked> {
  let url: URL
  try {
    url = new URL(request.url ?? '/', 'http://here')
    decodeURIComponent(url.pathname)
  } catch {
    throw new BadRequest(400)
  }
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value[0] : value
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: await readBody(request),
    source: sourceOf(request, proxies),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET' || request.method === 'HEAD') return ''
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBodyBytes) throw new BadRequest(413)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

// The last address is the one our own proxy saw; those before it are whatever the sender wrote.
function sourceOf(request: IncomingMessage, proxies: readonly string[]): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!proxies.includes(peer)) return networkOf(peer)
  const forwarded = request.headers['x-forwarded-for']
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim()
  return networkOf(last || peer)
}

/** An IPv4 address, or the network an IPv6 address is in: one line has more addresses than tries can be counted for. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [head = [], tail] = plain.split('::').map(part => part.split(':').filter(Boolean))
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head
  const network = groups.slice(0, 4).map(group => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

async function write(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  // A body we refused to read would be taken for the next request.
  if (answer.status === 413) response.setHeader('connection', 'close')
  const whole = typeof answer.body === 'string' || Buffer.isBuffer(answer.body) ? Buffer.from(answer.body) : undefined
  const length = whole ? {'content-length': String(whole.length)} : {}
  response.writeHead(answer.status, {...always, ...answer.headers, ...length})
  if (request.method === 'HEAD') response.end()
  else if (whole) response.end(whole)
  else await pipeline(Readable.from(answer.body as AsyncIterable<string>), response)
}

function failed(error: unknown): Answer {
  const status = error instanceof BadRequest ? error.status : 500
  if (status === 500) log('error', 'request-failed', {error})
  return {status, headers: {'content-type': 'text/plain; charset=utf-8'}, body: `${status}\n`, route: 'failed'}
}
