import {isIP} from 'node:net'
import type {Role} from '../flow/model.ts'
import {askers} from '../flow/steps.ts'
import type {HostFacts} from './model.ts'

/** What a machine said of itself before it was adopted. */
export interface Inspection {
  readonly facts: HostFacts
  /** What stands in the way, all of it; empty when it can be adopted. */
  readonly problems: readonly Problem[]
}

export interface Problem {
  readonly what: string
  readonly remedy: string
}

/** How the answer came about: the roles wanted, and our own clock in seconds at its middle. */
export interface Circumstances {
  readonly roles: readonly Role[]
  readonly seconds: number
  /** How long the question took; half of it is the most the clock can be wrong by. */
  readonly took: number
  /** Given by a person instead of the address measured. */
  readonly networks: readonly string[]
}

const architectures = ['amd64', 'arm64']
const releases = [12, 13]
const leastMemoryMegabytes = 900
const leastDiskMegabytes = 2000
const largestOffset = 2

/** Reads what `templates/program/preflight.sh` printed, and judges it; pure. */
export function inspect(text: string, circumstances: Circumstances): Inspection {
  const {noise, said} = read(text)
  const one = (name: string): string => said.find(([word]) => word === name)?.[1] ?? ''
  const all = (name: string): string[] => said.filter(([word]) => word === name).map(([, value]) => value)
  const facts = factsOf(one, all, circumstances.networks)
  return {
    facts,
    problems: [
      ...systemProblems(one, facts),
      ...sizeProblems(one, facts),
      ...clockProblems(one, facts, circumstances),
      ...portProblems(all('listens'), circumstances.roles),
      ...aptProblems(one, all('apt-fault')),
      ...loginProblems(one, noise),
      ...wordProblems(all),
    ],
  }
}

type One = (name: string) => string

function read(text: string): {noise: string; said: readonly (readonly [string, string])[]} {
  const start = text.indexOf('selfhelp-preflight 1\n')
  if (start < 0) return {noise: text.trim(), said: []}
  const lines = text.slice(start).split('\n').slice(1)
  const said = lines.filter(Boolean).map(line => {
    const space = line.indexOf(' ')
    return space < 0 ? ([line, ''] as const) : ([line.slice(0, space), line.slice(space + 1).trim()] as const)
  })
  return {noise: text.slice(0, start).trim(), said}
}

function factsOf(one: One, all: (name: string) => string[], networks: readonly string[]): HostFacts {
  const unit = one('time-unit')
  const disk = Math.floor(Number(one('disk-kilobytes')) / 1024)
  return {
    debian: Number(one('os').split(' ')[1] ?? 0),
    architecture: one('architecture'),
    container: !['', 'none'].includes(one('container')),
    processors: Number(one('processors')) || 1,
    memoryMegabytes: Math.floor(Number(one('memory-kilobytes')) / 1024),
    ...(disk > 0 ? {diskFreeMegabytes: disk} : {}),
    addresses: all('address').filter(isAddress).sort(),
    controlPlane: networks.length > 0 ? [...networks].sort() : [one('client')].filter(isAddress),
    packagePorts: [...new Set(all('apt-port').filter(isPort).map(Number))].sort((a, b) => a - b),
    ...(timeUnits.includes(unit) ? {timeSync: unit} : {}),
    accounts: all('account')
      .filter(name => askers.includes(name))
      .sort(),
  }
}

const timeUnits = ['chrony.service', 'ntpsec.service', 'systemd-timesyncd.service']

const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536

const isAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%')

/** What a machine says of itself stands in the firewalls of all the others: only what is an address may get there. */
function wordProblems(all: (name: string) => string[]): Problem[] {
  const wrong = [...all('address'), ...all('client')].filter(text => text !== '' && !isAddress(text))
  if (wrong.length === 0) return []
  const what = `it names as its address or ours what is none: ${JSON.stringify(wrong[0]?.slice(0, 80))}`
  return [{what, remedy: 'Find out who answers there before you go on: ip -o addr show'}]
}

function systemProblems(one: One, facts: HostFacts): Problem[] {
  const [os = 'unknown', version = ''] = one('os').split(' ')
  const problems: Problem[] = []
  if (os !== 'debian' || !releases.includes(facts.debian))
    problems.push({what: `it runs ${os} ${version}, not Debian 12 or 13`, remedy: 'Install Debian 12.'})
  if (!architectures.includes(facts.architecture))
    problems.push({
      what: `its architecture is ${facts.architecture || 'unknown'}, not ${architectures.join(' or ')}`,
      remedy: 'Use a machine of one of these architectures.',
    })
  if (one('init') !== 'systemd')
    problems.push({
      what: `its first process is ${one('init') || 'unknown'}, not systemd`,
      remedy: 'Boot it with systemd.',
    })
  return problems
}

function sizeProblems(one: One, facts: HostFacts): Problem[] {
  const disk = Math.floor(Number(one('disk-kilobytes')) / 1024)
  const problems: Problem[] = []
  if (!(facts.memoryMegabytes >= leastMemoryMegabytes))
    problems.push({
      what: `it has ${facts.memoryMegabytes} MB of memory, less than ${leastMemoryMegabytes} MB`,
      remedy: 'Give it more memory.',
    })
  if (!(disk >= leastDiskMegabytes))
    problems.push({
      what: `${disk} MB are free on its root file system, less than ${leastDiskMegabytes} MB`,
      remedy: 'Free some space or enlarge the disk: df -h /',
    })
  return problems
}

function clockProblems(one: One, facts: HostFacts, {seconds, took}: Circumstances): Problem[] {
  const offset = Number(one('clock')) - seconds
  const problems: Problem[] = []
  if (!(Math.abs(offset) <= largestOffset + took / 2))
    problems.push({
      what: `its clock is ${offset.toFixed(1)} s off ours, more than ${largestOffset} s`,
      remedy: 'Set its clock: timedatectl set-ntp true',
    })
  if (!facts.container && facts.timeSync === undefined && one('synchronised') !== 'yes')
    problems.push({
      what: 'nothing keeps its clock',
      remedy: 'Install a time service: apt-get install systemd-timesyncd',
    })
  return problems
}

/** A port may also be held already by the program that will hold it. */
function portProblems(listening: readonly string[], roles: readonly Role[]): Problem[] {
  const needed = roles.includes('edge') ? ['80', '443'] : []
  const taken = new Map(listening.map(line => line.split(' ')).map(([port = '', who = '']) => [port, who]))
  return needed.flatMap(port => {
    const who = taken.get(port)
    if (who === undefined || who === 'haproxy') return []
    return [
      {what: `port ${port} is taken by ${who || 'another program'}`, remedy: `Stop it: ss -ltnp 'sport = :${port}'`},
    ]
  })
}

function aptProblems(one: One, faults: readonly string[]): Problem[] {
  if (faults.length === 0 && Number(one('apt-reached')) > 0) return []
  const said = faults.length > 0 ? `: ${faults.join('; ')}` : ': no source is configured'
  return [{what: `its package sources cannot be reached${said}`, remedy: 'On the host: apt-get update'}]
}

function loginProblems(one: One, noise: string): Problem[] {
  const problems: Problem[] = []
  const sudo = one('sudo')
  if (sudo !== 'works')
    problems.push({
      what: `sudo does not work without a terminal: ${sudo || 'it said nothing'}`,
      remedy: /tty/.test(sudo)
        ? 'Take "Defaults requiretty" out of /etc/sudoers.'
        : 'Install sudo and let the bootstrap user run it without a password (NOPASSWD).',
    })
  if (noise !== '')
    problems.push({
      what: `its login shell talks before the program does: ${JSON.stringify(noise.slice(0, 80))}`,
      remedy: 'Silence ~/.bashrc and /etc/bash.bashrc for sessions without a terminal.',
    })
  if (one('sshd-includes') !== 'yes')
    problems.push({
      what: 'its sshd does not read /etc/ssh/sshd_config.d',
      remedy: 'Begin /etc/ssh/sshd_config with: Include /etc/ssh/sshd_config.d/*.conf',
    })
  if (one('done') !== 'yes') problems.push({what: 'it did not answer to the end', remedy: 'Try again.'})
  return problems
}
