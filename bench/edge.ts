import {generateKeyPairSync} from 'node:crypto'
import {once} from 'node:events'
import {connect} from 'node:net'
import {setTimeout} from 'node:timers/promises'
import {Temporal} from 'temporal-polyfill'
import {serverCertificate} from '../src/ca/x509.ts'
import {served} from '../src/environment/edge.ts'
import type {Environment} from '../src/environment/model.ts'
import {limitsOf} from '../src/host/limit.ts'
import type {Host, HostFacts} from '../src/host/model.ts'
import {hostWanted} from '../src/host/wanted.ts'
import {labDown} from '../src/lab/down.ts'
import {labStatus} from '../src/lab/status.ts'
import {labUp} from '../src/lab/up.ts'
import {machineOver} from '../src/machine/apply.ts'
import type {Machine, Wanted} from '../src/machine/model.ts'
import {sshConnection} from '../src/machine/ssh.ts'
import {Secret} from '../src/secret/secret.ts'
import type {Dial} from '../src/tls/model.ts'
import {scan} from '../src/tls/steps.ts'
import {silent, testLab} from '../test/support/lab.ts'
import {adopted, fenceOf} from '../test/support/machine.ts'
import {type Asking, asking, connected, type Errors, readers, requests, shakes} from './edge-load.ts'
import {type Compared, compare, type Side, within} from './pairs.ts'

const folder = '/etc/haproxy/selfhelp'
const nameOf = (n: number) => `tenant-${n}.ezvsaas.test`

/** An edge with 2,000 tenants under load: one more of them, the throughput over all names and over one, and a start with 5,000. */
export async function edge({pairs}: {pairs: number}): Promise<Compared[]> {
  const lab = testLab('-bench')
  const key = newKey()
  try {
    await labUp({name: lab, sites: [{name: 'north', count: 1}]}, silent)
    const status = await labStatus(lab)
    const connection = sshConnection(await adopted(status, 'north-1'))
    const machine = machineOver(connection)
    const address = status.hosts[0]?.address ?? ''
    const apply = (wanted: readonly Wanted[]) => machine.apply(wanted, {fence: fenceOf('north-1')})
    await apply(edgeWanted(address))
    await tenants(machine, key, {from: 0, to: 2_000})
    const errors: Errors = {count: 0}
    const all = (n: number) => nameOf((n * 7919) % 2_000)
    const throughput = await compare({
      name: `${requests} requests over 2,000 names`,
      ours: asking(address, {names: all, name: 'over 2,000 names', errors}),
      peer: asking(address, {names: () => nameOf(7), name: 'over one name', errors}),
      atMost: 1 / 0.95,
      pairs,
    })
    const scanned = await within({
      name: 'own scan of one name',
      ours: {
        name: 'scan',
        run: async () => (await scan(dial, {name: nameOf(7), address, port: 443}, Temporal.Now.instant())).tookMs,
      },
      atMost: 1000,
      times: pairs,
    })
    const added = await within({
      name: 'one tenant more among 2,000, until served',
      ours: adding({address, apply}, {key, names: all, errors}),
      atMost: 250,
      times: pairs,
    })
    await tenants(machine, key, {from: 2_000, to: 5_000})
    const start = await restart(machine)
    await connection.close()
    const none: Compared = {
      name: 'errors of others meanwhile',
      measured: `${errors.count}`,
      goal: '0',
      verdict: errors.count === 0 ? 'met' : 'not met',
    }
    console.log(`HAProxy starts with 5,000 tenants in ${start.toFixed(0)} ms`)
    return [throughput, scanned, added, none]
  } finally {
    await labDown(lab, [], silent)
  }
}

const dial: Dial = async (host, port) => {
  const socket = connect({host, port, noDelay: true})
  await once(socket, 'connect')
  return socket
}

/** What an edge wants of HAProxy, without its doors. */
function edgeWanted(address: string): readonly Wanted[] {
  const facts: HostFacts = {
    debian: 12,
    architecture: 'amd64',
    container: true,
    processors: 2,
    memoryMegabytes: 4000,
    addresses: [address],
    controlPlane: [],
    packagePorts: [],
    accounts: [],
  }
  const host: Host = {
    name: 'north-1',
    site: 'north',
    address,
    hostKey: '',
    roles: ['edge', 'presentation'],
    facts,
    addedAt: Temporal.Now.instant(),
    retiredAt: undefined,
  }
  // One reader asks as fast as it can: how much is served is measured, not how much one source may ask for.
  const limits = {...limitsOf(), requestsOfSource: 10_000_000, requestsOfTenant: 10_000_000, opensOfSource: 10_000_000}
  const all = hostWanted({host, fleet: [], publicKey: 'ssh-ed25519 A', limits})
  const ours = (want: Wanted) =>
    want.kind.startsWith('haproxy') || /haproxy/.test('path' in want ? want.path : 'name' in want ? want.name : '')
  return all.filter(ours)
}

/** Their files written at once, then loaded: how they came is not measured here. */
async function tenants(machine: Machine, key: Key, {from, to}: {from: number; to: number}): Promise<void> {
  const lines = {map: '', list: '', pem: ''}
  for (let n = from; n < to; n++) {
    lines.map += `${nameOf(n)} bench\n`
    lines.list += `${folder}/cert/${nameOf(n)}.pem ${nameOf(n)}\n`
    lines.pem += `${certificate(nameOf(n), key)}${key.privateKey}\n=== ${nameOf(n)}\n`
  }
  const backend = 'backend bench\n  http-request return status 200 content-type text/plain string served\n'
  const put = (path: string, input: string) => ({act: 'put', args: [path, 'root', 'root', '0644'], input})
  const split = `perl -ne 'if (/^=== (.*)/) {open(F,">","${folder}/cert/$1.pem"); print F $b; close F; $b=""} else {$b.=$_}'`
  const gather = `for d in host.d:hosts.map crt.d:crt-list backend.d:backends.cfg; do find ${folder}/\${d%%:*} -type f | sort | xargs cat >${folder}/\${d##*:}; done`
  await machine.act(
    `tenants-${from}`,
    [
      put(`${folder}/host.d/bench-${from}`, lines.map),
      put(`${folder}/crt.d/bench-${from}`, lines.list),
      put(`${folder}/backend.d/bench.cfg`, backend),
      {act: 'run', args: ['sh', '-c', split], input: new Secret(lines.pem)},
      {act: 'run', args: ['sh', '-c', gather]},
      {act: 'units', args: ['reload', 'haproxy.service'], shared: true},
    ],
    fenceOf('north-1'),
  )
}

interface Key {
  readonly privateKey: string
  readonly publicKey: string
}

function newKey(): Key {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: {type: 'spki', format: 'pem'},
    privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
  })
}

function certificate(name: string, {privateKey, publicKey}: Key): string {
  const from = Temporal.Now.instant().subtract({hours: 1})
  const wanted = {hostnames: [name], publicKey, from, until: from.add({hours: 24 * 90})} as const
  return serverCertificate({name: 'bench', key: privateKey}, {...wanted, hostnames: [name]})
}

interface Edge {
  readonly address: string
  apply(wanted: readonly Wanted[]): Promise<unknown>
}

/** From the order to the first handshake that gets the new certificate, while others are read a thousand times a second. */
function adding({address, apply}: Edge, {key, names, errors}: Omit<Asking, 'name'> & {key: Key}): Side {
  let newcomers = 0
  return {
    name: 'selfhelp, both its names',
    async run() {
      let turn = 0
      let going = true
      const reader = async () => {
        while (going) errors.count += await connected({address, servername: names(turn++), pause: readers})
      }
      const others = Promise.all(Array.from({length: readers}, reader))
      await setTimeout(500)
      const {environment, certificates} = newcomer(newcomers++, {address, key})
      const began = performance.now()
      const applied = apply(served(environment, certificates, 'north-1'))
      while (!(await shakes(address, environment.hostnames.edition))) await setTimeout(5)
      const milliseconds = performance.now() - began
      await applied
      going = false
      await others
      return milliseconds
    },
  }
}

function newcomer(n: number, {address, key}: {address: string; key: Key}) {
  const hostnames = {presentation: `newcomer-${n}.ezvsaas.test`, edition: `newcomer-${n}-edition.ezvsaas.test`}
  const placed = ['edge', 'presentation', 'edition'].map(role => ({role, host: 'north-1', reason: '', address}))
  const environment = {
    ...{id: `enewc${n}`, tenant: `newcomer-${n}`, name: 'production', domains: [], placed, hostnames},
    ports: {database: 20_000 + n, presentation: 24_000 + n, edition: 28_000 + n},
  } as unknown as Environment
  const certificates = Object.values(hostnames).map(hostname => ({
    hostname,
    pem: new Secret(`${certificate(hostname, key)}${key.privateKey}`),
  }))
  return {environment, certificates}
}

async function restart(machine: Machine): Promise<number> {
  const script =
    's=$(date +%s%N); systemctl restart haproxy; until perl -MIO::Socket::UNIX -e \'exit !IO::Socket::UNIX->new("/run/haproxy/admin.sock")\'; do sleep 0.02; done; echo $((($(date +%s%N)-s)/1000000))'
  const [answer] = await machine.act('restart', [{act: 'run', args: ['sh', '-c', script]}], fenceOf('north-1'))
  return Number(answer?.out.trim())
}
