import type {Operation, Wanted} from './model.ts'
import {assembly} from './operation/assembly.ts'
import {command} from './operation/command.ts'
import {directory} from './operation/directory.ts'
import {file} from './operation/file.ts'
import {haproxyCertificate} from './operation/haproxy-certificate.ts'
import {haproxyEntry} from './operation/haproxy-entry.ts'
import {haproxyPool} from './operation/haproxy-pool.ts'
import {haproxyLoaded, haproxyRuntime} from './operation/haproxy-runtime.ts'
import {haproxyServer} from './operation/haproxy-server.ts'
import {haproxyTickets} from './operation/haproxy-tickets.ts'
import {nft} from './operation/nft.ts'
import {pkg} from './operation/package.ts'
import {pgCluster} from './operation/pg-cluster.ts'
import {pgDatabase} from './operation/pg-database.ts'
import {pgRole} from './operation/pg-role.ts'
import {release} from './operation/release.ts'
import {unit} from './operation/unit.ts'
import {user} from './operation/user.ts'

/** Each kind of wanted thing with its operation. */
export const operations: {readonly [K in Wanted['kind']]: Operation<Extract<Wanted, {kind: K}>>} = {
  assembly,
  command,
  directory,
  file,
  'haproxy-certificate': haproxyCertificate,
  'haproxy-entry': haproxyEntry,
  'haproxy-loaded': haproxyLoaded,
  'haproxy-pool': haproxyPool,
  'haproxy-runtime': haproxyRuntime,
  'haproxy-server': haproxyServer,
  'haproxy-tickets': haproxyTickets,
  nft,
  package: pkg,
  'pg-cluster': pgCluster,
  'pg-database': pgDatabase,
  'pg-role': pgRole,
  release,
  unit,
  user,
}
