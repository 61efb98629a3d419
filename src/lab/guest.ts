import {randomBytes} from 'node:crypto'
import {chmod, copyFile, mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {machineApt} from './apt.ts'
import {run} from './local.ts'
import {hostSeat, type Lab, type LabHost} from './model.ts'
import {hostPaths, labPaths} from './paths.ts'

/** Makes the lab's own SSH key, which root on fresh hosts accepts, unless there is one. */
export async function makeIdentity(lab: string): Promise<void> {
  const {identity, folder} = labPaths(lab)
  await mkdir(folder, {recursive: true, mode: 0o700})
  if (await exists(identity)) return
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `selfhelp-lab-${lab}`, '-f', identity])
}

/** A new host of the lab: a fresh host key and machine id, kept in its folder. */
export async function newHost(lab: string, host: Pick<LabHost, 'name' | 'site' | 'number'>): Promise<LabHost> {
  const {folder} = hostPaths(lab, host.name)
  const key = join(folder, 'ssh_host_ed25519_key')
  await mkdir(folder, {recursive: true, mode: 0o700})
  await rm(key, {force: true})
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', host.name, '-f', key])
  const [type, body] = (await readFile(`${key}.pub`, 'utf8')).split(' ')
  return {...host, hostKey: `${type} ${body}`, machineId: randomBytes(16).toString('hex')}
}

/** Writes into the host's mounted root what makes it this host and no other. Call while it does not run. */
export async function personalise(lab: Lab, host: LabHost): Promise<void> {
  const {folder, root} = hostPaths(lab.name, host.name)
  const seat = hostSeat(lab, host)
  const write = async (path: string, text: string, mode = 0o644) => await put(join(root, path), text, mode)
  await write('etc/resolv.conf', await resolver())
  if ((await readFile(join(root, 'etc/machine-id'), 'utf8')).trim() === host.machineId) return
  await write('root/.ssh/authorized_keys', await readFile(`${labPaths(lab.name).identity}.pub`, 'utf8'), 0o600)
  const key = 'ssh_host_ed25519_key'
  await write(`etc/ssh/${key}`, await readFile(join(folder, key), 'utf8'), 0o600)
  await write(`etc/ssh/${key}.pub`, await readFile(join(folder, `${key}.pub`), 'utf8'))
  await write('etc/hostname', `${host.name}\n`)
  await write('etc/hosts', hostsFile(host.name, [seat.address, seat.address6]))
  await passAptOn(root)
  // Last: a host that has its machine id has everything else.
  await write('etc/machine-id', `${host.machineId}\n`, 0o444)
}

/** Writes the known_hosts file for people who use ssh by hand. */
export async function writeKnownHosts(lab: Lab): Promise<void> {
  const lines = lab.hosts.map(host => {
    const seat = hostSeat(lab, host)
    return `${host.name},${seat.address},${seat.address6} ${host.hostKey}\n`
  })
  await writeFile(labPaths(lab.name).knownHosts, lines.join(''), {mode: 0o600})
}

async function passAptOn(root: string): Promise<void> {
  const apt = await machineApt()
  const folder = join(root, 'etc/apt')
  await put(join(folder, 'sources.list'), '')
  for (const [name, text] of Object.entries(apt.sources)) await put(join(folder, 'sources.list.d', name), text)
  await put(join(folder, 'apt.conf.d/90machine'), apt.options.map(line => `${line}\n`).join(''))
  for (const keyring of apt.keyrings) {
    if (await exists(join(root, keyring))) continue
    await mkdir(dirname(join(root, keyring)), {recursive: true})
    await copyFile(keyring, join(root, keyring))
  }
}

const hostsFile = (name: string, addresses: readonly string[]): string =>
  [['127.0.0.1', 'localhost'], ['::1', 'localhost'], ...addresses.map(address => [address, name])]
    .map(line => `${line.join(' ')}\n`)
    .join('')

async function put(path: string, text: string, mode = 0o644): Promise<void> {
  await writeFile(path, text)
  await chmod(path, mode)
}

/** The machine's name servers; those of systemd-resolved, where its stub would not be reachable from a host. */
async function resolver(): Promise<string> {
  const own = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  if (!/^nameserver\s+127\./m.test(own)) return own
  return await readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(() => own)
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
