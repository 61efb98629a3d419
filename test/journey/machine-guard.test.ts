import {setTimeout as sleep} from 'node:timers/promises'
import t, {type Test} from 'tap'
import {labDown} from '../../src/lab/down.ts'
import {labUp} from '../../src/lab/up.ts'
import {machineOver} from '../../src/machine/apply.ts'
import type {NftWanted, Wanted} from '../../src/machine/model.ts'
import {type SshTarget, sshConnection} from '../../src/machine/ssh.ts'
import {silent, testLab, whyNoLab} from '../support/lab.ts'
import {adopted, fenceOf, root} from '../support/machine.ts'

const name = testLab('-guard')
const why = await whyNoLab()
t.setTimeout(600_000)
/** Ninety seconds outside of tests. */
const takeBackAfter = 30

t.test('what locks us out is taken back by the machine itself', {skip: why ?? false, timeout: 600_000}, async t => {
  await labDown(name, [], silent)
  t.teardown(async () => void (await labDown(name, [], silent)))
  const lab = await labUp({name, sites: [{name: 'north', count: 4}]}, silent)
  const on = (host: string) => adopted(lab, host)
  await Promise.all([
    t.test('a ruleset that shuts port 22 heals itself', async t => ruleset(t, await on('north-1'))),
    t.test('an sshd that lets nobody in heals itself', async t => sshd(t, await on('north-2'))),
    t.test('a sudo that shuts us out heals itself', async t => sudo(t, await on('north-3'))),
    t.test('a connection lost before the confirmation leaves the old state', async t => lost(t, await on('north-4'))),
  ])
})

async function ruleset(t: Test, target: SshTarget): Promise<void> {
  const fence = fenceOf(target.host)
  const machine = () => machineOver(sshConnection(target), {takeBackAfter})
  const made = await machine().apply([rules('22')], {fence})
  t.equal(made.roundTrips, 3, 'asked, done, confirmed by a connection of its own')
  t.strictSame((await machine().apply([rules('22')], {fence})).changes, [])
  await t.rejects(machine().apply([{kind: 'nft', ruleset: 'nonsense'}], {fence}), {code: 'check-refused'})
  const shut = {code: 'not-confirmed', cause: {code: 'host-unreachable'}}
  await t.rejects(machine().apply([rules('2222')], {fence}), shut, 'the port is shut')
  const {changes} = await answered(() => machine().plan([rules('22')]))
  t.strictSame(changes, [], 'the old rules are back, in the file and in the kernel')
  const flush = [{act: 'run', args: ['nft', 'flush', 'ruleset']}]
  await machine().act('flush', flush, fence)
  t.match((await machine().plan([rules('22')])).changes, [{what: /the kernel holds other rules/}])
}

function rules(port: string): NftWanted {
  const accept = `iif "lo" accept; ct state established,related accept; tcp dport ${port} counter accept`
  const chain = `chain input { type filter hook input priority filter; policy drop; ${accept}; }`
  return {kind: 'nft', ruleset: `flush ruleset\ntable inet selfhelp {\n  ${chain}\n}\n`}
}

const path = '/etc/ssh/sshd_config.d/10-journey.conf'

function door(content: string): readonly Wanted[] {
  const check = ['sshd', '-t', '-f', '{}']
  return [
    {kind: 'file', path, ...root, mode: '0644', content, check, confirm: true},
    {kind: 'unit', name: 'ssh.service', enabled: true, running: true, reloadAfter: [path]},
  ]
}

async function sshd(t: Test, target: SshTarget): Promise<void> {
  const fence = fenceOf(target.host)
  const machine = () => machineOver(sshConnection(target), {takeBackAfter})
  await machine().apply(door('# fine\n'), {fence})
  await t.rejects(machine().apply(door('Nonsense yes\n'), {fence}), {code: 'check-refused'})
  const shut = {code: 'not-confirmed', cause: {code: 'host-unreachable'}}
  await t.rejects(machine().apply(door('AllowUsers nobody\n'), {fence}), shut)
  const [found] = await answered(() => machine().ask([{ask: 'run', args: ['cat', path]}]))
  t.equal(found?.out, '# fine\n')
}

async function sudo(t: Test, target: SshTarget): Promise<void> {
  const fence = fenceOf(target.host)
  const machine = () => machineOver(sshConnection(target), {takeBackAfter})
  const rights = (content: string): readonly Wanted[] => {
    const check = ['visudo', '-c', '-q', '-f', '{}']
    return [{kind: 'file', path: '/etc/sudoers.d/operator', ...root, mode: '0440', content, check, confirm: true}]
  }
  const fine = rights('Defaults use_pty\noperator ALL=(ALL) NOPASSWD: ALL\n')
  t.strictSame((await machine().apply(fine, {fence})).changes, [])
  await t.rejects(machine().apply(rights('operator ALL=(\n'), {fence}), {code: 'check-refused'})
  const shut = {code: 'not-confirmed', cause: {code: 'exchange-failed', message: /password is required/}}
  await t.rejects(machine().apply(rights('operator ALL=(ALL) PASSWD: ALL\n'), {fence}), shut)
  t.strictSame((await answered(() => machine().plan(fine))).changes, [])
}

/** What a machine that lets nobody in says as soon as it does again. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (tries === 120) throw error
      await sleep(1000)
    }
  }
}

async function lost(t: Test, target: SshTarget): Promise<void> {
  const fence = fenceOf(target.host)
  const connection = sshConnection(target)
  const guard = {act: 'guard', args: ['600', 'file', '/etc/motd']}
  const wanted: Wanted = {kind: 'file', path: '/etc/motd', ...root, mode: '0644', content: 'new\n'}
  await machineOver(connection).apply([{...wanted, content: 'old\n'}], {fence})
  const put = {act: 'put', args: ['/etc/motd', 'root', 'root', '0644'], input: 'new\n'}
  await connection.exchange({id: 'unconfirmed', fence, frames: [guard, put]})
  const {changes} = await machineOver(connection).apply([wanted], {fence})
  t.match(changes, [{of: 'file /etc/motd', what: 'content'}], 'it was taken back before anything was compared')
  await connection.close()
}
