import {mkdir, readdir, readFile, rmdir, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {attempt} from './local.ts'

/**
 * How this machine groups processes. `v1`: one tree per controller; `v2`: one tree for all; `scope`: one tree,
 * and systemd hands out parts of it.
 */
export type CgroupKind = 'v1' | 'v2' | 'scope'

const top = '/sys/fs/cgroup'

/** Which of the three this machine has. */
export async function cgroupKind(): Promise<CgroupKind> {
  if (!(await exists(join(top, 'cgroup.controllers')))) return 'v1'
  return (await exists('/run/systemd/system')) ? 'scope' : 'v2'
}

/** The systemd scope a host's processes live in, where systemd runs the machine. */
export const scopeName = (lab: string, host: string): string => `selfhelp-lab-${lab}-${host}.scope`

/** The folders that are the host's cgroup, one for each tree there is. They may not exist yet. */
async function cgroupFolders(lab: string, host: string): Promise<string[]> {
  const kind = await cgroupKind()
  const name = join('selfhelp-lab', lab, host)
  if (kind === 'v2') return [join(top, name)]
  if (kind === 'scope') return [join(top, 'system.slice', scopeName(lab, host))]
  const trees = (await readdir(top, {withFileTypes: true})).filter(entry => entry.isDirectory())
  return trees.map(entry => join(top, entry.name, name))
}

/** Makes the host's cgroup in each tree and returns the files through which a process joins it. */
export async function makeCgroup(lab: string, host: string): Promise<string[]> {
  const folders = await cgroupFolders(lab, host)
  for (const folder of folders) {
    await mkdir(folder, {recursive: true})
    await inheritCpuset(folder)
    await passControllersDown(folder)
  }
  return folders.map(folder => join(folder, 'cgroup.procs'))
}

/** Every process of the host, whoever started it. Empty when it does not run. */
export async function processesOf(lab: string, host: string): Promise<number[]> {
  const found = new Set<number>()
  for (const folder of await cgroupFolders(lab, host)) await collect(folder, found)
  return [...found]
}

/** The host's own PID 1, as this machine numbers it; undefined when it does not run. */
export async function firstProcess(pids: readonly number[]): Promise<number | undefined> {
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid
  }
  return undefined
}

/** Stops every process of the host where it is, or lets it go on. */
export async function freeze(lab: string, host: string, frozen: boolean): Promise<void> {
  for (const folder of await cgroupFolders(lab, host)) {
    const [one, two] = [join(folder, 'freezer.state'), join(folder, 'cgroup.freeze')]
    if (await exists(one)) await writeFile(one, frozen ? 'FROZEN' : 'THAWED')
    else if (await exists(two)) await writeFile(two, frozen ? '1' : '0')
  }
}

/** True while the host is frozen. */
export async function isFrozen(lab: string, host: string): Promise<boolean> {
  for (const folder of await cgroupFolders(lab, host)) {
    const one = await readFile(join(folder, 'freezer.state'), 'utf8').catch(() => '')
    const two = await readFile(join(folder, 'cgroup.freeze'), 'utf8').catch(() => '')
    if (/^FR(OZEN|EEZING)/.test(one)) return true
    if (one === '' && two.trim() === '1') return true
  }
  return false
}

/** Removes the host's cgroup, which must be empty of processes. */
export async function removeCgroup(lab: string, host: string): Promise<void> {
  if ((await cgroupKind()) === 'scope') await attempt(['systemctl', 'stop', scopeName(lab, host)])
  for (const folder of await cgroupFolders(lab, host)) await removeTree(folder)
}

/** Removes the lab's and, when no lab is left, the labs' own cgroups. */
export async function removeLabCgroup(lab: string): Promise<void> {
  for (const folder of await cgroupFolders(lab, '.')) {
    await rmdir(folder).catch(() => {})
    await rmdir(join(folder, '..')).catch(() => {})
  }
}

/** A new cpuset group has no CPU and no memory node, and refuses processes, until it is given some. */
async function inheritCpuset(folder: string): Promise<void> {
  for (let at = folder, chain: string[] = []; ; at = join(at, '..')) {
    if (!(await exists(join(at, 'cpuset.cpus')))) return
    chain = [at, ...chain]
    const cpus = (await readFile(join(at, 'cpuset.cpus'), 'utf8')).trim()
    const mems = (await readFile(join(at, 'cpuset.mems'), 'utf8')).trim()
    if (cpus === '' || mems === '') continue
    for (const each of chain.slice(1)) {
      await writeFile(join(each, 'cpuset.cpus'), cpus)
      await writeFile(join(each, 'cpuset.mems'), mems)
    }
    return
  }
}

/** In the one tree of v2, each level above the host's must hand its controllers down. */
async function passControllersDown(folder: string): Promise<void> {
  if (!(await exists(join(top, 'cgroup.controllers')))) return
  for (const level of [top, join(folder, '..', '..'), join(folder, '..')])
    for (const controller of ['cpu', 'memory', 'pids', 'io'])
      await writeFile(join(level, 'cgroup.subtree_control'), `+${controller}`).catch(() => {})
}

async function collect(folder: string, found: Set<number>): Promise<void> {
  const procs = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')
  for (const pid of procs.split('\n')) if (pid !== '' && pid !== '0') found.add(Number(pid))
  for (const child of await children(folder)) await collect(child, found)
}

async function removeTree(folder: string): Promise<void> {
  for (const child of await children(folder)) await removeTree(child)
  await rmdir(folder).catch(() => {})
}

async function children(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => [])
  return entries.filter(entry => entry.isDirectory()).map(entry => join(folder, entry.name))
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
