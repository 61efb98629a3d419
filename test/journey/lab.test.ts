import {existsSync} from 'node:fs'
import {dirname} from 'node:path'
import t from 'tap'
import {machineApt} from '../../src/lab/apt.ts'
import {labDown} from '../../src/lab/down.ts'
import {outsideArgv, sshArgv} from '../../src/lab/enter.ts'
import {fault, type Verb} from '../../src/lab/fault.ts'
import {attempt} from '../../src/lab/local.ts'
import {untilReady} from '../../src/lab/power.ts'
import {knownHost, knownLab, listLabs} from '../../src/lab/state.ts'
import {answersSsh, labStatus} from '../../src/lab/status.ts'
import {labUp} from '../../src/lab/up.ts'
import {asRoot, greets, silent, sweepTestLabs, testLab, whyNoLab} from '../support/lab.ts'
import {machineTraces, networkSettings} from '../support/machine-traces.ts'

const name = testLab()
t.setTimeout(600_000)
const why = await whyNoLab()
const act = async (verb: Verb, host = 'north-1') => await fault({lab: name, host, verb}, silent)
const status = async (host = 'north-1') => (await labStatus(name)).hosts.find(each => each.name === host)
const said = async (host: string, ...command: string[]) => (await asRoot(name, host, command)).stdout

t.test('a lab of two hosts, its faults, and nothing left of it', {skip: why ?? false, timeout: 600_000}, async t => {
  await sweepTestLabs()
  await labDown(name, [], silent)
  const alone = (await listLabs()).length === 0
  const settings = await networkSettings()
  t.teardown(async () => void (await labDown(name, [], silent)))
  const sites = [
    {name: 'north', count: 1},
    {name: 'south', count: 1},
  ]
  const up = await labUp({name, sites, disk: 512 * 1024 ** 2}, silent)
  const octet = Number(up.network.split('.')[1])

  await t.test('hosts are real Debian machines with systemd, a name, a key and a disk of their own', async t => {
    t.strictSame(
      up.hosts.map(host => [host.name, host.state, host.faults]),
      [
        ['north-1', 'running', []],
        ['south-1', 'running', []],
      ],
    )
    t.equal(await said('north-1', 'hostname'), 'north-1')
    t.match(await said('north-1', 'cat', '/etc/debian_version'), /^12\./)
    t.equal(await said('north-1', 'systemctl', 'is-system-running', '--wait'), 'running')
    t.equal(await said('north-1', 'pg_lsclusters', '--no-header'), '')
    t.not(up.hosts[0]?.hostKey, up.hosts[1]?.hostKey)
    const blocks = Number(await said('north-1', 'stat', '-f', '-c', '%b', '/')) * 4096
    t.ok(blocks > 400e6 && blocks < 512 * 1024 ** 2, `${blocks} bytes`)
  })

  await t.test('only sshd listens on a fresh host', async t => {
    const listening = (await said('north-1', 'ss', '-Hlntu')).split('\n').map(line => line.split(/\s+/)[4])
    t.strictSame(listening.sort(), ['0.0.0.0:22', '[::]:22'])
  })

  await t.test('limits of units hold', async t => {
    const hungry = [
      'systemd-run',
      '--wait',
      '--quiet',
      '-p',
      'MemoryMax=16M',
      'sh',
      '-c',
      'head -c 64M /dev/zero | tail',
    ]
    t.not((await asRoot(name, 'north-1', hungry)).code, 0)
  })

  await t.test('hosts reach each other, and the control plane reaches them, by IPv4 and IPv6', async t => {
    for (const address of [up.hosts[1]?.address, up.hosts[1]?.address6, up.sites[1]?.controlPlane6] as string[])
      t.ok((await asRoot(name, 'north-1', ['ping', '-c1', '-W2', address])).ok, address)
    t.ok(await greets(up.hosts[0]?.address6 as string))
  })

  await t.test('outside reaches hosts from a network of its own', async t => {
    const lab = await knownLab(name)
    const ssh = sshArgv(lab, knownHost(lab, 'north-1'), ['printenv', 'SSH_CONNECTION'])
    const result = await attempt(await outsideArgv(lab, ssh))
    t.equal(result.stdout.split(' ')[0], `10.${octet}.254.2`)
  })

  await t.test('a host fetches from where this machine fetches Debian packages', async t => {
    const uri = /https?:\/\/\S+/.exec(Object.values((await machineApt()).sources).join('\n'))?.[0] ?? ''
    const fetched = ['curl', '-sS', '-o', '/dev/null', '-m', '10', `${uri.replace(/\/$/, '')}/dists/bookworm/InRelease`]
    t.equal((await asRoot(name, 'north-1', fetched)).code, (await attempt(fetched)).code)
  })

  await t.test('pause and resume: everything waits, nothing is lost', async t => {
    t.equal((await act('pause')).state, 'paused')
    t.notOk(await answersSsh(up.hosts[0]?.address as string, 300))
    t.equal((await act('resume')).state, 'running')
    t.ok(await greets(up.hosts[0]?.address as string))
  })

  await t.test('cut and heal: the host runs on, unreached', async t => {
    t.match(await act('cut'), {state: 'running', faults: ['cut']})
    t.notOk(await answersSsh(up.hosts[0]?.address as string, 300))
    t.ok(await greets(up.hosts[1]?.address as string), 'the other host is not concerned')
    t.match(await act('heal'), {state: 'running', faults: []})
    t.ok(await greets(up.hosts[0]?.address as string))
  })

  await t.test('fill and unfill: no byte more, then again', async t => {
    const write = ['dd', 'if=/dev/zero', 'of=/root/byte', 'bs=4096', 'count=4', 'conv=fsync']
    t.match(await act('fill'), {faults: ['filled']})
    t.match((await asRoot(name, 'north-1', write)).stderr, /No space left on device/)
    t.match(await act('unfill'), {faults: []})
    t.ok((await asRoot(name, 'north-1', write)).ok)
  })

  await t.test('stop, start, reboot and kill keep what was written', async t => {
    await asRoot(name, 'north-1', ['sh', '-c', 'echo kept >/root/kept'])
    t.equal((await act('stop')).state, 'stopped')
    t.match(await asRoot(name, 'north-1', ['true']), {ok: false})
    t.equal((await act('start')).state, 'running')
    const before = (await status())?.pid
    t.not((await act('reboot')).pid, before)
    t.equal((await act('kill')).state, 'stopped')
    await t.rejects(act('pause'), {code: 'lab-not-possible'})
    await act('start')
    t.equal(await said('north-1', 'cat', '/root/kept'), 'kept')
  })

  await t.test('a host that reboots itself comes back', async t => {
    const before = (await status())?.pid
    await asRoot(name, 'north-1', ['systemctl', 'reboot'])
    const deadline = Date.now() + 120_000
    let now = before
    while ((now === before || now === undefined) && Date.now() < deadline) now = (await status())?.pid
    t.not(now, before)
    const lab = await knownLab(name)
    await untilReady(lab, knownHost(lab, 'north-1'))
  })

  await t.test('down of one host leaves the other, down of the lab leaves nothing', async t => {
    t.strictSame((await labDown(name, ['south-1'], silent)).left, ['north-1'])
    t.ok(await greets(up.hosts[0]?.address as string))
    const lab = {name, octet}
    const kinds = new Set((await machineTraces(lab)).map(line => line.split(' ')[0] ?? ''))
    t.strictSame([...kinds].sort(), ['cgroup', 'link', 'loop', 'mount', 'netns', 'process', 'table'])
    await labDown(name, [], silent)
    t.strictSame(await machineTraces(lab), [])
    t.notOk((await listLabs()).some(each => each.name === name))
    t.notOk(existsSync(dirname(up.identity)))
    if (alone && (await listLabs()).length === 0) t.strictSame(await networkSettings(), settings)
    else t.comment('another lab stands: settings of the machine not compared')
  })
})
