// A real SSH server in this process whose sessions are the reader on this machine, below a folder of the test.
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import ssh2, {type Connection as Client, type ServerChannel} from 'ssh2'
import t, {type Test} from 'tap'
import type {Exchange} from '../../src/machine/model.ts'
import {sshConnection} from '../../src/machine/ssh.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'

t.setTimeout(120_000)
const root = mkdtempSync(join(tmpdir(), 'selfhelp-ssh-'))
t.teardown(() => rmSync(root, {recursive: true}))
// Of ssh2's own making one key in 256 is broken (mscdex/ssh2#1390).
const pair = () => newSshKey('test')
const fence = {lock: 'host:here', run: 'r1', epoch: 1}
let ids = 0
const asking = (): Exchange => ({id: `exchange-${++ids}`, frames: [{ask: 'run', args: ['echo', 'here']}]})
const changing = (): Exchange => ({...asking(), fence})

/** A server, a connection to it, and the sessions that were begun there. */
async function scene(t: Test) {
  const [host, own] = [pair(), pair()]
  const sessions: {channel: ServerChannel; begun(): Promise<void>}[] = []
  const clients: Client[] = []
  const server = new ssh2.Server({hostKeys: [host.privateKey.expose()]}, client => {
    clients.push(client)
    client.on('error', () => {}).on('authentication', context => context.accept())
    client.on('session', accept =>
      accept().on('exec', (begin, _, {command}) => {
        const channel = begin()
        const child = spawn('/bin/sh', ['-c', command], {env: {PATH: '/usr/bin:/bin', SELFHELP_ROOT: root}})
        const heard = new Promise<void>(resolve => channel.once('data', () => resolve()))
        sessions.push({channel, begun: () => heard})
        channel.pipe(child.stdin).on('error', () => {})
        child.stdout.pipe(channel, {end: false})
        child.once('close', code => {
          channel.exit(code ?? 1)
          channel.end()
        })
      }),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as {port: number}
  const connection = sshConnection({
    ...{host: 'here', address: '127.0.0.1', port, user: 'root', deadline: 60_000},
    key: own.privateKey,
    hostKey: host.publicKey,
  })
  t.teardown(async () => {
    await connection.close()
    for (const client of clients) client.end()
    server.close()
  })
  return {connection, sessions, clients}
}

t.test('what a run asks finds a reader that has its program already; it is one exchange all the same', async t => {
  const {connection, sessions} = await scene(t)
  connection.warm()
  t.match(await connection.exchange(changing()), [{exit: 0, out: 'here\n'}])
  t.equal(connection.roundTrips, 1)
  t.match(await connection.exchange(changing()), [{exit: 0, out: 'here\n'}])
  t.equal(connection.roundTrips, 2)
  t.ok(sessions.length <= 3, 'one is ready for what comes next')
})

t.test('one question begins one session', async t => {
  const {connection, sessions} = await scene(t)
  t.match(await connection.exchange(asking()), [{exit: 0, out: 'here\n'}])
  t.equal(sessions.length, 1)
})

t.test('two exchanges at once each have their own reader', async t => {
  const {connection} = await scene(t)
  connection.warm()
  const both = await Promise.all([connection.exchange(changing()), connection.exchange(asking())])
  t.match(both, [[{out: 'here\n'}], [{out: 'here\n'}]])
})

t.test('a waiting reader that has ended is not asked', async t => {
  const {connection, sessions} = await scene(t)
  await connection.exchange(changing())
  while (sessions.length < 2) await new Promise(resolve => setTimeout(resolve, 5))
  await sessions[1]?.begun()
  const {channel} = sessions[1] as (typeof sessions)[number]
  // It is closed here when the other side has said that it knows.
  const closed = new Promise(resolve => channel.once('close', resolve))
  channel.exit(1)
  channel.end()
  await closed
  t.match(await connection.exchange(changing()), [{exit: 0, out: 'here\n'}])
})

t.test('a lost connection fails what is asked, if anything, and the next is made anew', async t => {
  const {connection, sessions, clients} = await scene(t)
  await connection.exchange(changing())
  while (sessions.length < 2) await new Promise(resolve => setTimeout(resolve, 5))
  await sessions[1]?.begun()
  for (const client of clients) client.end()
  const [first] = await Promise.allSettled([connection.exchange(changing())])
  if (first?.status === 'rejected') t.match(first.reason, {code: 'host-unreachable'})
  t.match(await connection.exchange(changing()), [{exit: 0, out: 'here\n'}])
})

t.test('a host that is not there is told by the exchange, not by the warming', async t => {
  const {connection, clients} = await scene(t)
  const nobody = sshConnection({
    ...{host: 'gone', address: '127.0.0.1', port: 1, user: 'root'},
    key: pair().privateKey,
    hostKey: pair().publicKey,
  })
  nobody.warm()
  await t.rejects(nobody.exchange(asking()), {code: 'host-unreachable'})
  await nobody.close()
  await connection.close()
  t.equal(clients.length, 0)
})
