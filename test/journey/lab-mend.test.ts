import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {processesOf, removeCgroup} from '../../src/lab/cgroup.ts'
import {unmountBelow} from '../../src/lab/disk.ts'
import {labDown} from '../../src/lab/down.ts'
import {endKeeper} from '../../src/lab/keeper.ts'
import {attempt} from '../../src/lab/local.ts'
import {hostSeat} from '../../src/lab/model.ts'
import {removeNetwork} from '../../src/lab/network.ts'
import {labPaths} from '../../src/lab/paths.ts'
import {powerCut} from '../../src/lab/power.ts'
import {knownHost, knownLab} from '../../src/lab/state.ts'
import {labStatus} from '../../src/lab/status.ts'
import {labUp} from '../../src/lab/up.ts'
import {asRoot, greets, silent, testLab, whyNoLab} from '../support/lab.ts'
import {machineTraces} from '../support/machine-traces.ts'

const name = testLab('-mend')
const sites = [{name: 'north', count: 1}]
t.setTimeout(600_000)
const why = await whyNoLab()

/** `lab up` in a process of its own: no terminal, nothing on stdin, an empty environment, its own group. */
function upElsewhere(): ChildProcess {
  const program = `import {labUp} from ${JSON.stringify(new URL('../../src/lab/up.ts', import.meta.url).href)}
    const part = () => ({at() {}, done() {}, failed() {}})
    await labUp({name: '${name}', sites: [{name: 'north', count: 1}]}, {part})
    console.log('up')
    setInterval(() => {}, 1000)`
  const argv = ['--input-type=module', '--eval', program]
  return spawn(process.execPath, argv, {env: {}, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'inherit']})
}

async function killGroup(child: ChildProcess): Promise<void> {
  process.kill(-(child.pid as number), 'SIGKILL')
  await once(child, 'close')
}

const state = async () => (await labStatus(name)).hosts[0]?.state

t.test('a lab survives its maker and is mended after a crash', {skip: why ?? false, timeout: 600_000}, async t => {
  await labDown(name, [], silent)
  t.teardown(async () => void (await labDown(name, [], silent)))

  await t.test('killed at any moment of `up`, the next `up` completes it', async t => {
    for (const delay of [100, 200, 300, 450, 600, 900]) {
      const child = upElsewhere()
      await sleep(delay)
      await killGroup(child)
    }
    const child = upElsewhere()
    await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
    await killGroup(child)
    const [host] = (await labStatus(name)).hosts
    t.equal(host?.state, 'running')
    t.ok(await greets(host?.address as string), 'the host outlives the group of processes that made it')
  })

  await t.test('`up` on a lab that stands changes nothing', async t => {
    const before = await labStatus(name)
    t.strictSame(await labUp({name}, silent), before)
  })

  await t.test('a host whose supervisor was killed is seen as broken, and started anew', async t => {
    await asRoot(name, 'north-1', ['sh', '-c', 'echo kept >/root/kept'])
    const lab = await knownLab(name)
    const {pid} = (await labStatus(name)).hosts[0] ?? {}
    await endKeeper(name, 'north-1')
    for (const each of await processesOf(name, 'north-1'))
      if (/^Name:\tsystemd-nspawn$/m.test((await attempt(['cat', `/proc/${each}/status`])).stdout))
        process.kill(each, 'SIGKILL')
    t.equal(await state(), 'broken')
    const up = await labUp({name}, silent)
    t.equal(up.hosts[0]?.state, 'running')
    t.not(up.hosts[0]?.pid, pid)
    t.equal(up.hosts[0]?.hostKey, knownHost(lab, 'north-1').hostKey)
    t.equal((await asRoot(name, 'north-1', ['cat', '/root/kept'])).stdout, 'kept')
  })

  await t.test('a host that lost its link is seen as broken, and started anew', async t => {
    const lab = await knownLab(name)
    await attempt(['ip', 'link', 'delete', hostSeat(lab, knownHost(lab, 'north-1')).port])
    t.equal(await state(), 'broken')
    t.equal((await labUp({name}, silent)).hosts[0]?.state, 'running')
  })

  await t.test('after a restart of the machine, the same hosts stand again with what they had', async t => {
    const lab = await knownLab(name)
    const host = knownHost(lab, 'north-1')
    await powerCut(lab, host)
    await removeNetwork(lab)
    await unmountBelow(labPaths(name).folder)
    await removeCgroup(name, host.name)
    t.equal(await state(), 'stopped')
    const up = await labUp({name, sites}, silent)
    t.strictSame(
      up.hosts.map(each => each.hostKey),
      [host.hostKey],
    )
    t.equal((await asRoot(name, 'north-1', ['cat', '/root/kept'])).stdout, 'kept')
  })

  await t.test('nothing of it stays', async t => {
    const {octet} = await knownLab(name)
    await labDown(name, [], silent)
    t.strictSame(await machineTraces({name, octet}), [])
  })
})
