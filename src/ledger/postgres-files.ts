import {existsSync} from 'node:fs'
import type {Place} from './place.ts'
import type {Account} from './postgres-account.ts'

/** What the engine calls the ledger. */
export const stanza = 'ledger'

/** The server's settings: no TCP, a socket of its own, small memory, safe on power loss. */
export function settingsFile(place: Place, port: number): string {
  return `# Written by selfhelp at each start.
listen_addresses = ''
port = ${port}
unix_socket_directories = '${place.socket}'
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
${archiving(place)}jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
${place.durable === false ? 'fsync = off\n' : ''}`
}

/** On from the first start with a command that keeps nothing: switching it on later would need a restart, the command does not. */
function archiving({keeping, durable}: Place): string {
  if (durable === false) return 'archive_mode = off\n'
  const push = `/usr/bin/pgbackrest --config=${keeping.config} --stanza=${stanza} archive-push %p`
  const [command, timeout] = existsSync(keeping.config) ? [push, 60] : ['/bin/true', 0]
  return `archive_mode = on\narchive_command = '${command}'\narchive_timeout = ${timeout}\n`
}

/** Who comes over the socket is who the kernel says; there is no other way in. */
export const hbaFile = 'local all all peer map=selfhelp\n'

/** Root, or whoever runs the server, may be each of our roles. */
export function identFile(account: Account): string {
  const callers = new Set([account.name, account.dropped ? 'root' : account.name])
  const roles = ['postgres', 'selfhelp_owner', 'selfhelp_app']
  return [...callers].flatMap(caller => roles.map(role => `selfhelp ${caller} ${role}\n`)).join('')
}
