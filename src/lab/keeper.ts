import {readFile, rm, stat, writeFile} from 'node:fs/promises'
import {execa} from 'execa'
import {processMark} from './boot.ts'
import {cgroupKind, makeCgroup, scopeName} from './cgroup.ts'
import {attempt, programPath} from './local.ts'
import {hostSeat, type Lab, type LabHost} from './model.ts'
import {hostPaths, labPaths} from './paths.ts'

/**
 * Joins the host's cgroups, then runs it, again after each reboot of its own (exit 133). Everything it is told comes
 * as arguments: where its console goes, the file that lists the cgroups, then the program.
 */
export const keeperScript = `#!/bin/sh
exec >>"$1" 2>&1
cgroups=$2
shift 2
code=133
while [ "$code" = 133 ]; do
  (
    while read -r procs; do echo 0 >"$procs" || exit 1; done <"$cgroups"
    exec "$@"
  )
  code=$?
done
exit "$code"
`

/**
 * The host's first program. Controllers of cgroup v1 come read-only into a container, and then systemd ignores
 * every limit silently; made writable, MemoryMax and TasksMax hold.
 */
export const initScript = `#!/bin/sh
for tree in /sys/fs/cgroup/pids /sys/fs/cgroup/cpu /sys/fs/cgroup/cpuacct /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup/memory; do
  [ -d "$tree" ] && [ ! -L "$tree" ] && mount -o remount,bind,rw "$tree" 2>/dev/null
done
exec /lib/systemd/systemd
`

/** Starts the host in a session of its own, so that it outlives whoever started it. */
export async function startKeeper(lab: Lab, host: LabHost): Promise<void> {
  const paths = hostPaths(lab.name, host.name)
  const kind = await cgroupKind()
  const join = kind === 'scope' ? [] : await makeCgroup(lab.name, host.name)
  await writeFile(paths.cgroups, join.map(file => `${file}\n`).join(''))
  const keeper = ['/bin/sh', labPaths(lab.name).keeper, paths.console, paths.cgroups]
  const guest = nspawnArgv(lab, host, await hasTun())
  const argv = kind === 'scope' ? inScopes(lab, host, {keeper, guest}) : [...keeper, ...guest]
  const [program = '', ...rest] = argv
  const child = execa(program, rest, {
    detached: true,
    cleanup: false,
    reject: false,
    stdio: 'ignore',
    cwd: '/',
    extendEnv: false,
    env: {PATH: programPath(), SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network', LC_ALL: 'C.UTF-8'},
  })
  child.unref()
  if (child.pid !== undefined) await writeFile(paths.keeperPid, `${await processMark(child.pid)}\n`)
}

/** True while the keeper that was recorded lives (and not another process that got its number). */
export async function keeperLives(lab: string, host: string): Promise<boolean> {
  const mark = (await readFile(hostPaths(lab, host).keeperPid, 'utf8').catch(() => '')).trim()
  return mark !== '' && (await processMark(Number(mark.split(' ')[0]))) === mark
}

/** Ends the recorded keeper, so that it cannot start the host again. */
export async function endKeeper(lab: string, host: string): Promise<void> {
  const {keeperPid} = hostPaths(lab, host)
  if (await keeperLives(lab, host)) process.kill(Number((await readFile(keeperPid, 'utf8')).split(' ')[0]), 'SIGKILL')
  await rm(keeperPid, {force: true})
}

/** The arguments that run the host inside its network namespace. */
function nspawnArgv(lab: Lab, host: LabHost, tun: boolean): string[] {
  const {root} = hostPaths(lab.name, host.name)
  return [
    'nsenter',
    `--net=/run/netns/${hostSeat(lab, host).netns}`,
    'systemd-nspawn',
    '--quiet',
    `--directory=${root}`,
    `--machine=${lab.name}-${host.name}`,
    `--hostname=${host.name}`,
    '--register=no',
    '--keep-unit',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
    '--capability=CAP_NET_ADMIN',
    ...(tun ? ['--bind=/dev/net/tun'] : []),
    `--bind-ro=${labPaths(lab.name).init}:/usr/local/sbin/lab-init`,
    '--kill-signal=SIGRTMIN+3',
    '/usr/local/sbin/lab-init',
  ]
}

/** Keeper and host have a scope each: controllers reach a group's children only while it has no process itself. */
function inScopes(lab: Lab, host: LabHost, {keeper, guest}: {keeper: string[]; guest: string[]}): string[] {
  const outer = scopeArgv(keeperScope(lab.name, host.name))
  return [...outer, ...keeper, ...scopeArgv(scopeName(lab.name, host.name)), ...guest]
}

/** Hosts get the device that VPNs need, where this machine has it. */
async function hasTun(): Promise<boolean> {
  const there = async () => (await stat('/dev/net/tun').catch(() => undefined)) !== undefined
  if (await there()) return true
  await attempt(['modprobe', 'tun'])
  return await there()
}

const keeperScope = (lab: string, host: string): string => `selfhelp-lab-${lab}-${host}-keeper.scope`

function scopeArgv(unit: string): string[] {
  return ['systemd-run', '--quiet', '--scope', '--collect', `--unit=${unit}`, '--property=Delegate=yes', '--']
}
