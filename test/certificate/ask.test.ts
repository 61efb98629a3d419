// What a stranger's certificate names is asked, and nothing behind it is reached.
import {once} from 'node:events'
import {createServer, type RequestListener} from 'node:http'
import t, {type Test} from 'tap'
import {alsoAsked, askOverHttp} from '../../src/certificate/ask.ts'

const loopback = askOverHttp({also: ['127.0.0.0/8', '::1']})

/** A server on loopback that answers so; its address, and how often it was reached. */
async function serving(t: Pick<Test, 'teardown'>, answer: RequestListener): Promise<{port: number; reached(): number}> {
  let reached = 0
  const server = createServer((question, response) => {
    reached++
    answer(question, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {port: (server.address() as {port: number}).port, reached: () => reached}
}

t.test('addresses that are not of the Internet are not asked, however they are written', async t => {
  const {port, reached} = await serving(t, (_, answer) => answer.end('secret'))
  const hosts = [
    ...['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '[::127.0.0.1]'],
    ...['10.0.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1'],
    ...['[fe80::1]', '[fd00::1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[ff02::1]', '[::]'],
  ]
  for (const host of hosts)
    await t.rejects(askOverHttp()(`http://${host}:${port}/`), {message: /is no address of the Internet/}, host)
  t.equal(reached(), 0)
})

t.test('networks that were named may be asked, and no others', async t => {
  const {port} = await serving(t, (_, answer) => answer.end('good'))
  t.same(alsoAsked({SELFHELP_RESPONDER_NETWORKS: '10.9.0.0/16,127.0.0.0/8'}), ['10.9.0.0/16', '127.0.0.0/8'])
  t.same(alsoAsked({}), [])
  t.equal(Buffer.from(await loopback(`http://127.0.0.1:${port}/`)).toString(), 'good')
  t.equal(Buffer.from(await loopback(`http://localhost:${port}/`)).toString(), 'good')
  await t.rejects(loopback(`http://10.0.0.1:${port}/`), {message: /is no address of the Internet/})
})

t.test('who answers with a way to elsewhere is not followed', async t => {
  const behind = await serving(t, (_, answer) => answer.end('secret'))
  const {port} = await serving(t, (_, answer) =>
    answer.writeHead(302, {location: `http://127.0.0.1:${behind.port}/`}).end(),
  )
  await t.rejects(loopback(`http://127.0.0.1:${port}/`), {message: 'it answered 302'})
  t.equal(behind.reached(), 0)
})

t.test('an answer without end is left, and a question gets a small one', async t => {
  const {port} = await serving(t, (_, answer) => {
    const more = () => {
      while (!answer.destroyed && answer.write(Buffer.alloc(65_536)));
    }
    answer.on('drain', more)
    answer.on('error', () => {})
    more()
  })
  await t.rejects(loopback(`http://127.0.0.1:${port}/`), {message: /larger than 10485760 bytes/})
  const body = {type: 'application/ocsp-request', bytes: Buffer.from('who?')}
  await t.rejects(loopback(`http://127.0.0.1:${port}/`, body), {message: /larger than 65536 bytes/})
})
