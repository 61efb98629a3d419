import {readdirSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join, resolve} from 'node:path'
import t from 'tap'
import {openGateway} from '../src/gateway.ts'

t.test('a call goes out and its answer comes back', async t => {
  const {url, seen} = await listen(t)
  const gateway = openGateway(() => ({mode: 'open', neutralised: false}))
  t.same(await gateway({url, method: 'POST', headers: {'x-a': 'b'}, body: 'hello'}), {
    status: 201,
    body: 'POST hello b',
  })
  t.equal(seen.length, 1)
})

t.test('a neutralised copy calls nobody, and is asked anew each time', async t => {
  const {url, seen} = await listen(t)
  let neutralised = true
  const gateway = openGateway(() => ({mode: 'open', neutralised}))
  await t.rejects(gateway({url}), /neutralised/)
  await t.rejects(gateway({url: new URL('https://name-that-is-never-looked-up.invalid/')}), /neutralised/)
  t.equal(seen.length, 0)
  neutralised = false
  await gateway({url})
  t.equal(seen.length, 1)
})

t.test('a slow or huge answer is given up', async t => {
  const gateway = openGateway(() => ({mode: 'open', neutralised: false}))
  const {url} = await listen(t)
  await t.rejects(gateway({url: new URL('/never', url), timeoutMs: 100}), {name: 'AbortError'})
  await t.rejects(gateway({url: new URL('/huge', url)}), /more than/)
})

t.test('no other file of the runtime opens a connection', async t => {
  const folder = resolve(import.meta.dirname, '../src')
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.ts'))
  const ways =
    /\bfetch\(|node:(https|http2|tls|dgram)'|(?<!\{isIPv6\} from )'node:net'|\{[^}]*\b(request|get)\b[^}]*\} from 'node:http'|WebSocket|EventSource/
  const found = files.filter(name => ways.test(readFileSync(join(folder, name), 'utf8'))).sort()
  // ask.ts speaks to our own admin listener, and refuses any other address by its configuration.
  t.same(found, ['admin/ask.ts', 'gateway.ts'])
})

async function listen(t: import('tap').Test): Promise<{url: URL; seen: string[]}> {
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    seen.push(request.url ?? '')
    if (request.url === '/never') return
    if (request.url === '/huge') {
      response.on('error', () => undefined).end('x'.repeat(3_000_000))
      return
    }
    let body = ''
    for await (const part of request) body += part
    response.writeHead(201).end(`${request.method} ${body} ${request.headers['x-a']}`)
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), seen}
}
