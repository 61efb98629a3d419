// Copies go to a customer's server: a real proftpd, with TLS and without, and a real sshd, and what goes wrong with them.
import {createHash, randomBytes} from 'node:crypto'
import {Readable} from 'node:stream'
import t, {type Test} from 'tap'
import {labDown} from '../../src/lab/down.ts'
import {Secret} from '../../src/secret/secret.ts'
import {courierTo} from '../../src/transfer/connect.ts'
import type {Access} from '../../src/transfer/courier.ts'
import {sent} from '../../src/transfer/send.ts'
import {customerServer, ftpServers, type Run} from '../support/customer-server.ts'
import {silent, testLab, whyNoLab} from '../support/lab.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()
const word = 'a password of the customer'
const mebibyte = 1_048_576
const copy = randomBytes(24 * mebibyte)
const row = {file: 'acme.dump.enc', bytes: copy.length, sha256: createHash('sha256').update(copy).digest('hex')}

t.test('a copy arrives whole at real servers, or it is said why not', {skip: why ?? false}, async t => {
  const lab = testLab('-transfer')
  t.teardown(() => labDown(lab, [], silent))
  const {run, address, hostKey} = await customerServer(lab, word)
  await ftpServers(run)
  const account = {host: address, account: 'cmc', folder: '/in', secret: new Secret(word), withKey: false}
  const certificate = await run('cat /etc/proftpd/cert.pem')
  const ways: readonly Access[] = [
    {...account, protocol: 'ftps', port: 21, trust: certificate},
    {...account, protocol: 'ftp', port: 2121, trust: undefined},
    {...account, protocol: 'sftp', port: 22, folder: '/home/cmc/in', trust: hostKey},
  ]
  for (const way of ways) await works(t, run, way)
  const [ftps, ftp, sftp] = ways as [Access, Access, Access]
  const other = await run('cat /etc/proftpd/other.pem')
  await refusing(t, {...ftps, trust: other}, {message: /certificate/})
  await refusing(t, {...ftps, trust: undefined}, {message: /certificate/})
  await refusing(t, {...ftps, port: 2121}, {message: /./, code: 'transfer-failed'})
  await refusing(
    t,
    {...sftp, trust: hostKey.replace(/.{8}$/, 'AAAAAAAA')},
    {message: /another key than the pinned one; nothing was sent/},
  )
  for (const way of ways) await refusing(t, {...way, secret: new Secret('wrong')}, {message: /does not let us in/})
  await refusing(t, {...ftp, port: 2}, {message: /does not answer/, code: 'transfer-failed'})
})

/** Whole; cut in the middle and gone on with; with no room; altered on the way. */
async function works(t: Test, run: Run, access: Access) {
  const {protocol} = access
  await run('rm -rf /home/cmc/in/*')
  await cut(t, run, access)
  const told = await send(access)
  t.match(told.join('\n'), /going on after \d+ of \d+ bytes/, `${protocol} goes on where it was cut`)
  const there = await run('cd /home/cmc/in && sha256sum -c *.sha256 && ls')
  t.match(
    there,
    /acme\.dump\.enc: OK\nacme\.dump\.enc\nacme\.dump\.enc\.sha256\nacme\.dump\.enc\.txt$/,
    `${protocol}: whole, and nothing else`,
  )
  await send(access)
  t.match(await run('cd /home/cmc/in && sha256sum -c *.sha256'), /OK/, `${protocol}: one that is there is replaced`)

  await run(`head -c ${copy.length} /dev/zero >/home/cmc/in/acme.dump.enc.part; chown cmc: /home/cmc/in/*`)
  await t.rejects(
    send(access),
    {code: 'transfer-failed', message: /not what was sent/},
    `${protocol}: what is there is read, not believed`,
  )
  await send(access)
  t.match(await run('cd /home/cmc/in && sha256sum -c *.sha256'), /OK/, `${protocol}: and sent anew`)

  const full = {...access, folder: access.folder.replace(/in$/, 'full')}
  await t.rejects(
    send(full),
    {code: 'transfer-failed', message: /no room|may be full/},
    `${protocol} says that there is no room`,
  )
}

/** The customer's server ends all of our connections while the copy is on its way. */
async function cut(t: Test, run: Run, access: Access) {
  async function* slowly() {
    for (let at = 0; at < copy.length; at += mebibyte) {
      if (at === 12 * mebibyte) {
        // Some of it must have arrived before.
        for (let n = 0; n < 200 && Number(await run('stat -c %s /home/cmc/in/*.part || true')) < mebibyte; n++);
        await run('pkill -KILL -u cmc')
      }
      yield copy.subarray(at, at + mebibyte)
    }
  }
  await t.rejects(
    send(access, () => Readable.from(slowly(), {objectMode: false})),
    {code: 'transfer-failed'},
    `${access.protocol} is cut`,
  )
  const size = Number(await run('stat -c %s /home/cmc/in/acme.dump.enc.part'))
  t.ok(size > 0 && size < copy.length, `${access.protocol}: ${size} bytes are there, under no name of their own`)
}

async function send(
  access: Access,
  content = (from: number) => Readable.from([copy.subarray(from)], {objectMode: false}),
) {
  const told: string[] = []
  await using courier = await courierTo(access)
  await sent(courier, {row, access, content}, {tell: text => void told.push(text)})
  return told
}

async function refusing(t: Test, access: Access, said: {message: RegExp; code?: string}) {
  await t.rejects(
    courierTo(access),
    {code: 'transfer-refused', ...said},
    `${access.protocol}: ${said.code ?? 'refused'} ${said.message}`,
  )
}
