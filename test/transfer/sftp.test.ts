// A real SSH server in this process that answers keepalives, and of its files only so much.
import {Readable} from 'node:stream'
import ssh2 from 'ssh2'
import t, {type Test} from 'tap'
import {Secret} from '../../src/secret/secret.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import type {Access, Courier} from '../../src/transfer/courier.ts'
import {overSftp} from '../../src/transfer/sftp.ts'

const {OPEN_MODE, STATUS_CODE} = ssh2.utils.sftp

/** How it is reached; it opens files, takes that many blocks of them, and then says nothing any more. */
async function serverTaking(t: Test, blocks: number): Promise<Access> {
  const key = newSshKey('test')
  const server = new ssh2.Server({hostKeys: [key.privateKey.expose()]}, client => {
    let left = blocks
    client.on('error', () => {}).on('authentication', context => context.accept())
    client.on('session', accept =>
      accept().on('sftp', begin => {
        const files = begin()
        files.on('OPEN', (id, _, flags) => void (flags & OPEN_MODE.WRITE && files.handle(id, Buffer.from('file'))))
        files.on('WRITE', id => void (left-- > 0 && files.status(id, STATUS_CODE.OK)))
        files.on('STAT', () => {})
        files.on('FSETSTAT', id => files.status(id, STATUS_CODE.OK))
        files.on('CLOSE', id => files.status(id, STATUS_CODE.OK))
      }),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  const {port} = server.address() as {port: number}
  const account = {account: 'cmc', folder: '/in', secret: new Secret('word'), withKey: false}
  return {...account, protocol: 'sftp', host: '127.0.0.1', port, trust: key.publicKey}
}

const content = () => Readable.from([Buffer.alloc(300_000)], {objectMode: false})
const silent = {code: 'transfer-failed', message: /it said nothing for 0\.5 seconds/}

t.test('a server that takes everything has all of it', async t => {
  await using courier = await overSftp(await serverTaking(t, Number.POSITIVE_INFINITY))
  await t.resolves(courier.write('acme.dump.enc', 0, content()))
})

t.test('a server that tells nothing more fails what it was asked', async t => {
  const asking = async (blocks: number, ask: (courier: Courier) => Promise<unknown>) => {
    await using courier = await overSftp(await serverTaking(t, blocks), 500)
    await ask(courier)
  }
  const name = 'acme.dump.enc'
  await t.rejects(
    asking(0, courier => courier.size(name)),
    silent,
  )
  await t.rejects(
    asking(0, courier => courier.sum(name)),
    silent,
  )
  for (const blocks of [0, 3])
    await t.rejects(
      asking(blocks, courier => courier.write(name, 0, content())),
      silent,
      `after ${blocks} blocks`,
    )
})
