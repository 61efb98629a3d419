import {readFileSync} from 'node:fs'
import type {LabStatus} from '../../src/lab/status.ts'
import {machineOver} from '../../src/machine/apply.ts'
import type {Fence, Wanted} from '../../src/machine/model.ts'
import {type SshTarget, sshConnection} from '../../src/machine/ssh.ts'
import {Secret} from '../../src/secret/secret.ts'

export const root = {owner: 'root', group: 'root'} as const

/** How to reach a lab host as root, as bootstrap does. */
function rootTarget(lab: LabStatus, name: string): SshTarget {
  const host = lab.hosts.find(host => host.name === name)
  if (!host) throw new Error(`the lab has no host ${name}`)
  const key = new Secret(readFileSync(host.identity, 'utf8'))
  return {host: name, address: host.address, user: 'root', key, hostKey: host.hostKey, connectWithin: 5000}
}

/** Makes an unprivileged account with sudo, and gives the way to it: as the control plane works. */
export async function adopted(lab: LabStatus, name: string): Promise<SshTarget> {
  const asRoot = sshConnection(rootTarget(lab, name))
  const publicKey = readFileSync(`${lab.identity}.pub`, 'utf8')
  await machineOver(asRoot).apply(account(publicKey), {fence: fenceOf(name)})
  await asRoot.close()
  return {...rootTarget(lab, name), user: 'operator'}
}

/** The fence of a host's own lock. */
export const fenceOf = (name: string, epoch = 1): Fence => ({lock: `host:${name}`, run: `run-${epoch}`, epoch})

function account(publicKey: string): readonly Wanted[] {
  const owned = {owner: 'operator', group: 'operator'} as const
  const check = ['visudo', '-c', '-q', '-f', '{}']
  const sudo = 'Defaults use_pty\noperator ALL=(ALL) NOPASSWD: ALL\n'
  return [
    {kind: 'user', name: 'operator', comment: 'Operator', home: '/home/operator', shell: '/bin/sh'},
    {kind: 'directory', path: '/home/operator/.ssh', ...owned, mode: '0700'},
    {kind: 'file', path: '/home/operator/.ssh/authorized_keys', ...owned, mode: '0600', content: publicKey},
    {kind: 'file', path: '/etc/sudoers.d/operator', ...root, mode: '0440', content: sudo, check},
  ]
}
