import {readFileSync} from 'node:fs'
import t from 'tap'
import {type Circumstances, inspect} from '../../src/host/preflight.ts'

const captured = readFileSync(new URL('case/preflight-debian-12.txt', import.meta.url), 'utf8')
const clock = Number(/^clock (.*)$/m.exec(captured)?.[1])
const usual: Circumstances = {roles: ['edge', 'database'], seconds: clock, took: 0.2, networks: []}
const problems = (text: string, how: Partial<Circumstances> = {}) =>
  inspect(text, {...usual, ...how}).problems.map(problem => problem.what)
const but = (word: string, value: string) => captured.replace(new RegExp(`^${word} .*$`, 'm'), `${word} ${value}`)

t.test('what a real Debian 12 host says is read', async t => {
  const {facts, problems} = inspect(captured, usual)
  t.same(problems, [])
  t.match(facts, {
    debian: 12,
    architecture: 'amd64',
    container: true,
    controlPlane: [/^10\./],
    addresses: [/^10\./, /^fd/],
  })
  t.same(facts.packagePorts, [80])
  t.same(facts.accounts, ['_apt', 'systemd-network'])
  const strange = captured.replace('account _apt', 'account eabcdef')
  t.same(inspect(strange, usual).facts.accounts, ['systemd-network'], 'others it may have get nothing')
  t.ok(facts.processors > 0 && facts.memoryMegabytes > 900)
})

t.test('networks given by a person replace the address measured', async t => {
  t.same(inspect(captured, {...usual, networks: ['10.9.0.0/16']}).facts.controlPlane, ['10.9.0.0/16'])
})

t.test('each fault is named with its remedy', async t => {
  t.match(problems(but('os', 'ubuntu 24.04')), [/ubuntu 24.04, not Debian/])
  t.match(problems(but('os', 'debian 11')), [/debian 11, not Debian 12 or 13/])
  t.match(problems(but('architecture', 'armhf')), [/armhf/])
  t.match(problems(but('memory-kilobytes', '400000')), [/390 MB of memory/])
  t.match(problems(but('disk-kilobytes', '102400')), [/100 MB are free/])
  t.match(problems(captured, {seconds: clock + 60}), [/-60.0 s off/])
  t.match(problems(but('container', 'none')), [/nothing keeps its clock/])
  t.match(problems(but('sudo', 'sudo: sorry, you must have a tty to run sudo')), [/sudo does not work.*tty/])
  t.match(problems(`Welcome to Debian!\n${captured}`), [/login shell talks.*Welcome/])
  t.match(problems(captured.replace(/^apt-reached.*$/m, 'apt-fault E: no route\napt-reached 0')), [
    /package sources.*no route/,
  ])
  t.match(problems(`${captured}listens 443 apache2\n`), [/443 is taken by apache2/])
  t.same(problems(`${captured}listens 443 apache2\n`, {roles: ['database']}), [])
  t.same(problems(`${captured}listens 443 haproxy\n`), [])
})

t.test('every problem is named at once', async t => {
  t.ok(problems('bash: sh: not found\n').length >= 8)
})

t.test('what a machine names as an address can be nothing else: it stands in the firewalls of the others', async t => {
  const evil = `${captured}address 10.9.1.12 } tcp dport 1-65535 accept; ip saddr { 10.9.1.13\n`
  t.match(problems(evil), [/what is none.*dport/])
  t.ok(inspect(evil, usual).facts.addresses.every(address => !address.includes(' ')))
  t.match(problems(but('client', 'any\\nPermitRootLogin yes')), [/what is none/])
  t.same(inspect(but('client', '0/0'), usual).facts.controlPlane, [])
  t.notOk('timeSync' in inspect(`${captured}time-unit ../evil.service\n`, usual).facts)
})
