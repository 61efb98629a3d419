import {Refusal} from '../error.ts'
import {firstProcess, processesOf} from './cgroup.ts'
import {attempt, handOver} from './local.ts'
import {hostSeat, type Lab, type LabHost, outsideSeat} from './model.ts'
import {namespaceExists} from './network.ts'
import {labPaths} from './paths.ts'
import {knownHost, knownLab} from './state.ts'

export interface OnHost {
  readonly lab: string
  readonly host: string
  /** A shell when it is empty. */
  readonly command: readonly string[]
}

/** Runs a command on a host, on this terminal, and returns its exit code. Says so when SSH does not let root in. */
export async function runOnHost(
  {lab: name, host: hostName, command}: OnHost,
  say: (text: string) => void,
): Promise<number> {
  const lab = await knownLab(name)
  const host = knownHost(lab, hostName)
  if (await acceptsRoot(lab, host)) return await handOver(sshArgv(lab, host, command))
  const argv = await consoleArgv(lab, host, command)
  say(`root does not get in over SSH on ${host.name}: entering by its console`)
  return await handOver(argv)
}

/** Runs a command outside, on this terminal, and returns its exit code. */
export async function runOutside(name: string, command: readonly string[]): Promise<number> {
  return await handOver(await outsideArgv(await knownLab(name), command))
}

/** The ssh command line that logs root in with the lab's own key; only the pinned host key is accepted. */
export function sshArgv(lab: Lab, host: LabHost, command: readonly string[]): string[] {
  const {identity, knownHosts} = labPaths(lab.name)
  const options = {
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: knownHosts,
    StrictHostKeyChecking: 'yes',
    ConnectTimeout: '10',
    LogLevel: 'ERROR',
  }
  const set = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const target = `root@${hostSeat(lab, host).address}`
  return [
    'ssh',
    '-F',
    'none',
    '-i',
    identity,
    ...set,
    target,
    ...(command.length === 0 ? [] : ['--', ...command.map(quoted)]),
  ]
}

/** True while root may still log in with the lab's key; an adopted host refuses it. */
async function acceptsRoot(lab: Lab, host: LabHost): Promise<boolean> {
  const [ssh = '', ...rest] = sshArgv(lab, host, ['true'])
  return (await attempt([ssh, '-o', 'BatchMode=yes', ...rest])).ok
}

/**
 * The command line that enters the host by its console: without network, sshd or a key, as someone who stands before the
 * machine. Throws a Refusal when the host does not run.
 */
async function consoleArgv(lab: Lab, host: LabHost, command: readonly string[]): Promise<string[]> {
  const first = await firstProcess(await processesOf(lab.name, host.name))
  if (first === undefined) {
    throw new Refusal('lab-not-possible', `${host.name} does not run`, {
      facts: {host: host.name},
      remedies: [`selfhelp lab start ${host.name} --lab ${lab.name}`],
    })
  }
  const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd']
  const environment = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LC_ALL=C.UTF-8']
  return [
    'nsenter',
    `--target=${first}`,
    ...spaces,
    '--',
    ...environment,
    ...(command.length === 0 ? ['bash'] : command),
  ]
}

/** The command line that runs a program where the Internet is. Throws a Refusal when the lab does not stand. */
export async function outsideArgv(lab: Lab, command: readonly string[]): Promise<string[]> {
  const {netns} = outsideSeat(lab)
  if (await namespaceExists(netns)) return ['ip', 'netns', 'exec', netns, ...command]
  throw new Refusal('lab-not-possible', `the outside of lab "${lab.name}" does not stand`, {
    facts: {lab: lab.name, netns},
    remedies: [`selfhelp lab up --lab ${lab.name}`],
  })
}

/** ssh joins its words with spaces for a shell on the far side: quoted, they arrive as they were. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
