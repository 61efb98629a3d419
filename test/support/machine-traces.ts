import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {attempt} from '../../src/lab/local.ts'
import {tableName} from '../../src/lab/model.ts'

/** Every mount, cgroup, namespace, link, table, loop device and process of the lab on this machine, a line each. */
export async function machineTraces(lab: {name: string; octet: number}): Promise<string[]> {
  const [mounts, groups, spaces, links, tables, loops, processes] = await Promise.all([
    lines(readFile('/proc/self/mountinfo', 'utf8')).then(all => all.map(line => line.split(' ')[4] ?? '')),
    folders('/sys/fs/cgroup'),
    readdir('/run/netns').catch(() => []),
    readdir('/sys/class/net'),
    lines(attempt(['nft', 'list', 'tables']).then(result => result.stdout)),
    lines(attempt(['losetup', '-l', '-n', '-O', 'BACK-FILE']).then(result => result.stdout)),
    commandLines(),
  ])
  const found = {
    mount: mounts,
    cgroup: groups,
    netns: spaces,
    link: links,
    table: tables,
    loop: loops,
    process: processes,
  }
  const own = new RegExp(`\\b${lab.name}\\b|\\b${tableName(lab)}\\b|^shl${lab.octet}(s|out)`)
  return Object.entries(found).flatMap(([kind, all]) =>
    all.filter(line => own.test(line)).map(line => `${kind} ${line}`),
  )
}

/** The settings that routing changes, as lines; of interfaces, those that are no lab's. */
export async function networkSettings(): Promise<string[]> {
  const pattern =
    '^(net\\.ipv[46]\\.(ip_forward|conf\\..*\\.(forwarding|accept_ra|accept_redirects))|fs\\.inotify\\..*)$'
  const all = await lines(attempt(['sysctl', '-a', '--pattern', pattern]).then(result => result.stdout))
  return all.filter(line => !/\bshl\d/.test(line)).sort()
}

async function folders(top: string): Promise<string[]> {
  const entries = await readdir(top, {withFileTypes: true}).catch(() => [])
  const below = entries.filter(entry => entry.isDirectory()).map(entry => join(top, entry.name))
  return [...below, ...(await Promise.all(below.map(folders))).flat()]
}

async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && name !== String(process.pid))
  const all = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return all.map(line => line.replaceAll('\0', ' ').trim())
}

async function lines(text: Promise<string>): Promise<string[]> {
  return (await text).split('\n').filter(line => line.trim() !== '')
}
