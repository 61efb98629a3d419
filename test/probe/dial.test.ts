import {once} from 'node:events'
import {createServer, type Server} from 'node:net'
import {buffer} from 'node:stream/consumers'
import t from 'tap'
import {dialBy} from '../../src/probe/dial.ts'

const here = (argv: readonly string[]) => argv

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as {port: number}).port
}

t.test('connections of a probe point carry bytes both ways, many at once, to the last', async t => {
  const server = createServer({allowHalfOpen: true}, async socket => {
    socket.end((await buffer(socket)).reverse())
  })
  const port = await listening(server)
  const {dial, close} = dialBy('here', here)
  const bytes = Buffer.from(Array.from({length: 300_000}, (_, at) => at % 251))
  const answers = await Promise.all(
    [1, 2, 3].map(async part => {
      const socket = await dial('127.0.0.1', port)
      socket.end(bytes.subarray(part))
      return buffer(socket)
    }),
  )
  answers.forEach((answer, at) => {
    t.ok(answer.equals(Buffer.from(bytes.subarray(at + 1)).reverse()))
  })
  await close()
  server.close()
})

t.test('nobody there is told from a probe point that does not work', async t => {
  const nobody = createServer()
  const port = await listening(nobody)
  nobody.close()
  const {dial, close} = dialBy('here', here)
  await t.rejects(dial('127.0.0.1', port), {code: 'address-unreachable', message: /refused/})
  await t.rejects(dial('edge.example', 443), {code: 'address-unreachable', message: /no address/})
  await close()
  await t.rejects(dial('127.0.0.1', port), {code: 'probe-failed'})
  const broken = dialBy('broken', () => ['sh', '-c', 'echo no such namespace >&2; exit 1'])
  await t.rejects(broken.dial('127.0.0.1', port), {code: 'probe-failed', message: /no such namespace/})
  await broken.close()
})

t.test('a connection that the far side resets ends with an error', async t => {
  const server = createServer(socket => socket.resetAndDestroy())
  const port = await listening(server)
  const {dial, close} = dialBy('here', here)
  await t.rejects(dial('127.0.0.1', port).then(buffer), /reset/)
  await close()
  server.close()
})
