import {spawn} from 'node:child_process'
import {createHash, generateKeyPairSync, randomBytes, sign} from 'node:crypto'
import {createServer, type Server, type Socket, connect as tcp} from 'node:net'
import {createInterface} from 'node:readline'
import {Readable} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'
import {gzipSync} from 'node:zlib'
import t, {type Test} from 'tap'
import {labDown} from '../../src/lab/down.ts'
import {fault} from '../../src/lab/fault.ts'
import {labUp} from '../../src/lab/up.ts'
import {absent} from '../../src/machine/absent.ts'
import {machineOver} from '../../src/machine/apply.ts'
import type {Action, Machine, ReleaseWanted, Wanted} from '../../src/machine/model.ts'
import {type SshTarget, sshConnection} from '../../src/machine/ssh.ts'
import {tarEnd, tarHeader, tarPadding} from '../../src/release/tar.ts'
import {Secret} from '../../src/secret/secret.ts'
import {isRunning} from '../support/evidence.ts'
import {silent, testLab, whyNoLab} from '../support/lab.ts'
import {adopted, fenceOf, root} from '../support/machine.ts'

t.setTimeout(900_000)
const name = testLab('-machine')
const why = await whyNoLab()
const fence = fenceOf('north-1')
let ids = 0
const id = () => `journey-${++ids}`
const run = (...args: string[]): Action => ({act: 'run', args})

t.test('a machine over SSH', {skip: why ?? false, timeout: 900_000}, async t => {
  await labDown(name, [], silent)
  t.teardown(async () => void (await labDown(name, [], silent)))
  const lab = await labUp({name, sites: [{name: 'north', count: 1}], disk: 4 * 1024 ** 3}, silent)
  const target = await adopted(lab, 'north-1')
  const connection = sshConnection(target)
  t.teardown(() => connection.close())
  const machine = machineOver(connection)

  await t.test('every kind of thing is made once, found so, and gone without a trace', async t => everyKind(t, machine))
  await t.test('what drifts is seen and mended', async t => drift(t, machine))
  await t.test('a hundred questions are one exchange', async t => questions(t, machine))
  await t.test('a hundred megabytes arrive', async t => {
    const input = {size: 104_857_600, open: () => Readable.from(chunks(100))}
    const [answer] = await machine.act(id(), [{act: 'run', args: ['sha256sum'], input}], fence)
    const hash = createHash('sha256')
    for (const chunk of chunks(100)) hash.update(chunk)
    t.equal(answer?.out.slice(0, 64), hash.digest('hex'))
  })
  await t.test('an exchange whose connection was cut is asked again and does only the rest', async t => cut(t, target))
  await t.test('a paused sender cannot act after somebody took over', async t => paused(t, target))
  await t.test('a full disk takes no exchange, still answers questions, and nothing was done by half', async t => {
    const file: Wanted = {kind: 'file', path: '/srv/full', ...root, mode: '0644', content: 'x'.repeat(1_000_000)}
    const newer = fenceOf('north-1', 3)
    await fault({lab: name, verb: 'fill', host: 'north-1'}, silent)
    await t.rejects(machine.apply([file], {fence: newer}), {code: 'exchange-failed'})
    t.equal((await machine.plan([file])).changes[0]?.what, 'create')
    await fault({lab: name, verb: 'unfill', host: 'north-1'}, silent)
    t.equal((await machine.apply([file], {fence: newer})).changes.length, 1)
  })
  await t.test('another host key stops everything before a byte is sent', async t => {
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBrMAkZR8zP1kBkPqHj3rJ0fQm4kq2vGqJqg3vNf8wQ0'
    await t.rejects(sshConnection({...target, hostKey: other, otherKey: ['x']}).exchange({id: id(), frames: []}), {
      code: 'host-key-changed',
      remedies: [/./, 'x'],
    })
  })
  await t.test('a machine that falls silent is called unreachable, and works again when it is back', async t => {
    const asking = machine.act(id(), [run('sleep', '987')], fenceOf('north-1', 3))
    const refused = t.rejects(asking, {code: 'host-unreachable', facts: {answered: 0}})
    while (!(await isRunning(name, 'north-1', /sleep\W987/))) await sleep(20)
    await fault({lab: name, verb: 'pause', host: 'north-1'}, silent)
    await refused
    await fault({lab: name, verb: 'resume', host: 'north-1'}, silent)
    t.equal((await machine.ask([{ask: 'run', args: ['echo', 'back']}]))[0]?.out, 'back\n')
  })
})

const cluster = {version: 15, name: 'e2journey', port: 20_777}

function everything(release: ReleaseWanted): readonly Wanted[] {
  const service =
    '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n'
  const own = {owner: 'e2journey', group: 'e2journey'}
  return [
    {kind: 'package', name: 'bc'},
    {kind: 'user', name: 'e2journey', comment: 'Journey', groups: ['games']},
    {kind: 'directory', path: '/srv/e2journey', ...own, mode: '0750'},
    {kind: 'directory', path: '/srv/e2journey/part.d', ...own, mode: '0750'},
    {kind: 'file', path: '/srv/e2journey/part.d/a', ...own, mode: '0600', content: new Secret('a\n')},
    {kind: 'file', path: '/srv/e2journey/part.d/b $(id) \'x\'\n"y"', ...own, mode: '0640', content: 'b'},
    {kind: 'assembly', path: '/srv/e2journey/whole', from: '/srv/e2journey/part.d', ...root, mode: '0644'},
    {kind: 'file', path: '/etc/systemd/system/e2journey.service', ...root, mode: '0644', content: service},
    {kind: 'unit', name: 'e2journey.service', enabled: true, running: true, reloadAfter: ['/srv/e2journey/whole']},
    {kind: 'pg-cluster', ...cluster, settings: {listen_addresses: '127.0.0.1'}, access: ['local all postgres peer']},
    {kind: 'pg-role', cluster, name: 'o\'brien "x"', password: new Secret("it's \\ a pass")},
    {kind: 'pg-database', cluster, name: 'self help', owner: 'o\'brien "x"'},
    release,
    {
      kind: 'command',
      name: 'mark',
      argv: ['touch', '/srv/e2journey/mark'],
      unless: ['test', '-e', '/srv/e2journey/mark'],
    },
  ]
}

async function everyKind(t: Test, machine: Machine): Promise<void> {
  await machine.apply([{kind: 'package', name: 'postgresql-15'}], {fence})
  const find = {
    ask: 'run',
    args: ['find', '/etc', '/srv', '/var/lib/postgresql', '/opt/selfhelp', '-name', '*e2journey*'],
  }
  const wanted = everything(releaseOf('0.0.1'))
  const plan = await machine.plan(wanted)
  t.equal(plan.changes.length, wanted.length)
  const applied = await machine.apply(wanted, {fence, expect: plan.planHash})
  t.equal(applied.roundTrips, 2)
  const again = await machine.apply(wanted, {fence})
  t.strictSame([again.changes, again.roundTrips], [[], 1])
  await machine.apply(absent(wanted), {fence})
  const gone = await machine.apply(absent(wanted), {fence})
  t.strictSame([gone.changes, gone.roundTrips], [[], 1])
  const [left] = await machine.ask([find])
  t.equal(left?.out, '')
}

async function drift(t: Test, machine: Machine): Promise<void> {
  const file = (content: string): Wanted => ({kind: 'file', path: '/etc/motd', ...root, mode: '0644', content})
  await machine.apply([file('one\n')], {fence})
  await machine.act(id(), [run('chmod', '0600', '/etc/motd')], fence)
  const {changes, planHash} = await machine.plan([file('one\n')])
  t.strictSame(
    changes.map(({what}) => what),
    ['mode 0600 → 0644'],
  )
  await machine.act(id(), [run('sh', '-c', 'echo two >/etc/motd')], fence)
  await t.rejects(machine.apply([file('one\n')], {fence, expect: planHash}), {code: 'plan-changed'})
  const [diff] = (await machine.plan([file('one\n')])).changes
  t.equal(diff?.diff, '--- /etc/motd\n+++ /etc/motd\n@@ -1,1 +1,1 @@\n-two\n+one\n')
  await t.rejects(machine.apply([{...file('bad'), check: ['false']} as Wanted], {fence}), {code: 'check-refused'})
  await machine.apply([file('one\n')], {fence})
}

async function questions(t: Test, machine: Machine): Promise<void> {
  const files = Array.from({length: 100}, (_, n): Wanted => {
    return {kind: 'file', path: `/srv/q${n}`, ...root, mode: '0644', content: `${n}`}
  })
  await machine.apply(files, {fence})
  const before = machine.roundTrips
  t.strictSame((await machine.plan(files)).changes, [])
  t.equal(machine.roundTrips - before, 1)
  await machine.apply(absent(files), {fence})
}

/** A hop on our side whose cables can be pulled. */
async function hop(target: SshTarget): Promise<{server: Server; port: number; pull(): void}> {
  const open = new Set<Socket>()
  const server = createServer(near => {
    const far = tcp(22, target.address)
    for (const socket of [near, far]) open.add(socket.on('error', () => {}))
    near.pipe(far).pipe(near)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as {port: number}
  const pull = () => {
    for (const socket of open) socket.destroy()
  }
  return {server, port, pull}
}

async function cut(t: Test, target: SshTarget): Promise<void> {
  const {server, port, pull} = await hop(target)
  const connection = sshConnection({...target, address: '127.0.0.1', port})
  const exchangeId = id()
  // The second ends when the host has noticed that the connection is gone, however long that takes here.
  const noticed = `until ls /var/lib/selfhelp/exchange/${exchangeId}/gone.* 2>/dev/null; do sleep 0.1; done >&2`
  const count = (what: string, at: number) =>
    run('sh', '-c', `echo ${what} >>/srv/effects; ${at === 1 ? noticed : ':'}; wc -l </srv/effects`)
  const exchange = {id: exchangeId, fence, frames: ['first', 'second', 'third'].map(count)}
  const asking = connection.exchange(exchange)
  const refused = t.rejects(asking, {code: 'host-unreachable', facts: {answered: 1, frames: 3}})
  const direct = sshConnection(target)
  const effects = async () => {
    const [so] = await direct.exchange({id: id(), frames: [{ask: 'run', args: ['cat', '/srv/effects']}]})
    return so?.out
  }
  while ((await effects()) !== 'first\nsecond\n') await sleep(50)
  pull()
  await refused
  // Waits for the lock that the cut exchange holds to its end.
  await direct.exchange({id: id(), fence, frames: []})
  t.equal(await effects(), 'first\nsecond\n', 'it stopped after the operation it was in')
  const answers = await connection.exchange(exchange)
  const told = answers.map(({out}) => out)
  t.strictSame(told, ['1\n', '2\n', '3\n'], 'each effect happened once, and its output was kept')
  await Promise.all([connection.close(), direct.close()])
  server.close()
}

async function paused(t: Test, target: SshTarget): Promise<void> {
  const key = JSON.stringify(target.key.expose())
  const child = spawn(process.execPath, ['--input-type=module', '--eval', slowSender({...target}, key)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said = createInterface({input: child.stdout as Readable})[Symbol.asyncIterator]()
  t.equal((await said.next()).value, 'half of it is said')
  child.kill('SIGSTOP')
  await sshConnection(target).exchange({id: id(), fence: fenceOf('north-1', 2), frames: []})
  child.stdin?.end('go\n')
  child.kill('SIGCONT')
  t.equal((await said.next()).value, 'epoch-superseded')
  const direct = sshConnection(target)
  const [found] = await direct.exchange({id: id(), frames: [{ask: 'run', args: ['ls', '/srv/paused']}]})
  t.not(found?.exit, 0, 'no effect on the host')
  await direct.exchange({id: id(), fence: fenceOf('north-1', 2), frames: []})
  await direct.close()
}

/** A process that says half of an exchange, tells so, waits for a word on stdin, and says the rest. */
function slowSender(target: SshTarget, key: string): string {
  const module = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
  return `import {sshConnection} from ${module('machine/ssh.ts')}
    import {Secret} from ${module('secret/secret.ts')}
    import {once} from 'node:events'
    import {Readable} from 'node:stream'
    async function* slow() {
      yield Buffer.from('half')
      console.log('half of it is said')
      await once(process.stdin, 'data')
      yield Buffer.from('rest')
    }
    const connection = sshConnection({...${JSON.stringify({...target, key: undefined})}, key: new Secret(${key})})
    const frames = [{act: 'run', args: ['touch', '/srv/paused'], input: {size: 8, open: () => Readable.from(slow())}}]
    const fence = ${JSON.stringify(fence)}
    await connection.exchange({id: 'slow', fence, frames}).then(() => console.log('done'), e => console.log(e.code))
    await connection.close()`
}

function* chunks(count: number): Generator<Buffer> {
  for (let n = 0; n < count; n++) yield Buffer.alloc(1_048_576, n + 1)
}

function releaseOf(version: string): ReleaseWanted {
  const content = randomBytes(1000)
  const tar = [
    tarHeader({path: 'file', type: 'file', mode: 0o555, size: content.length}),
    content,
    tarPadding(content.length),
    tarEnd(),
  ]
  const bytes = gzipSync(Buffer.concat(tar))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const {privateKey, publicKey} = generateKeyPairSync('ed25519')
  const manifest = `${sha256}  selfhelp-runtime-${version}-x64.tar.gz\n`
  return {
    kind: 'release',
    version,
    archive: {sha256, size: bytes.length, open: () => Readable.from([bytes])},
    manifest,
    signature: sign(null, Buffer.from(manifest), privateKey).toString('base64'),
    publicKey: publicKey.export({type: 'spki', format: 'pem'}).toString(),
  }
}
