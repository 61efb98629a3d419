import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import type {ServerResponse} from 'node:http'
import {createServer, request} from 'node:https'
import {dirname, join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import type {Test} from 'tap'
import type {AcmeHost} from './acme-host.ts'

/** Stands between us and the real pebble: sees every request, and may do something before pebble gets it, or instead. */
export interface Between {
  readonly directory: string
  /** PEM file of what it is trusted by. */
  readonly root: string
  /** Paths, in the order they were asked for: `/order-plz`, `/finalize-order/…`, `/certZ/…`. */
  readonly seen: string[]
  /** True when it was answered here. */
  meddle(path: string, answer: ServerResponse): Promise<boolean>
}

/** Opens it on loopback; gone after the test. Pebble makes its links by the host that was asked, so all lead here. */
export async function between(t: Pick<Test, 'teardown'>, authority: AcmeHost): Promise<Between> {
  const folder = dirname(authority.root)
  const [key, root] = [join(folder, 'between.key'), join(folder, 'between.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30']
  const named = ['-subj', '/CN=between', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', root]
  execFileSync('openssl', [...made, ...named], {stdio: 'ignore'})
  const seen: string[] = []
  const itself = {root, seen, meddle: async () => false, directory: ''} as Between & {directory: string}
  const server = createServer({key: readFileSync(key), cert: readFileSync(root)}, async (asked, answer) => {
    const body = await buffer(asked)
    const path = asked.url ?? ''
    seen.push(path)
    if (await itself.meddle(path, answer)) return
    const to = {host: authority.address, port: 14_000, path, method: asked.method, headers: asked.headers}
    const onward = request({...to, ca: readFileSync(authority.root)}, back => {
      answer.writeHead(back.statusCode ?? 502, back.headers)
      back.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    onward.end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  itself.directory = `https://127.0.0.1:${(server.address() as {port: number}).port}/dir`
  return itself
}
