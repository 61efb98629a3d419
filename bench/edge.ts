import {generateKeyPairSync} from 'node:crypto'
import {request} from 'node:https'
import {connect} from 'node:tls'
import {Temporal} from 'temporal-polyfill'
import {serverCertificate} from '../src/ca/x509.ts'
import {served} from '../src/environment/edge.ts'
import type {Environment} from '../src/environment/model.ts'
import type {Host, HostFacts} from '../src/host/model.ts'
import {hostWanted} from '../src/host/wanted.ts'
import {labDown} from '../src/lab/down.ts'
import {labStatus} from '../src/lab/status.ts'
import {labUp} from '../src/lab/up.ts'
import {machineOver} from '../src/machine/apply.ts'
import type {Machine, Wanted} from '../src/machine/model.ts'
import {sshConnection} from '../src/machine/ssh.ts'
import {Secret} from '../src/secret/secret.ts'
import {silent, testLab} from '../test/support/lab.ts'
import {adopted, fenceOf} from '../test/support/machine.ts'
import type {Compared} from './pairs.ts'

const folder = '/etc/haproxy/selfhelp'
const nameOf = (n: number) => `tenant-${n}.ezvsaas.test`

/** An edge with 2,000 tenants under load: one more of them, the throughput over all names and over one, and a start with 5,000. */
export async function edge(): Promise<Compared[]> {
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
    const alone = () => load(address, {names: () => nameOf(7), seconds: 4})
    const spread = () => load(address, {names: n => nameOf((n * 7919) % 2_000), seconds: 4})
    const ratios = []
    for (let pair = 0; pair < 3; pair++) {
      const one = await alone()
      const many = await spread()
      ratios.push(many.perSecond / one.perSecond)
      console.log(
        `    one name ${one.perSecond.toFixed(0)}/s, 2,000 names ${many.perSecond.toFixed(0)}/s, errors ${one.errors + many.errors}`,
      )
    }
    const ratio = ratios.sort((a, b) => a - b)[1] ?? 0
    const added = await addedUnderLoad({address, apply}, key)
    await tenants(machine, key, {from: 2_000, to: 5_000})
    const start = await restart(machine)
    await connection.close()
    return [
      {
        name: 'edge, 2,000 names against one',
        measured: `${ratio.toFixed(2)} ×`,
        goal: '≥ 0.95 ×',
        verdict: ratio >= 0.95 ? 'met' : 'not met',
      },
      {
        name: 'one tenant more, until served',
        measured: `${added.milliseconds.toFixed(0)} ms`,
        goal: '250 ms',
        verdict: added.milliseconds <= 250 ? 'met' : 'not met',
      },
      {
        name: 'errors of the others meanwhile',
        measured: `${added.errors}`,
        goal: '0',
        verdict: added.errors === 0 ? 'met' : 'not met',
      },
      {name: 'HAProxy start, 5,000 tenants', measured: `${start.toFixed(0)} ms`, goal: 'reported', verdict: 'met'},
    ]
  } finally {
    await labDown(lab, [], silent)
  }
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
  const all = hostWanted({host, fleet: [], publicKey: 'ssh-ed25519 A'})
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

interface Load {
  readonly names: (n: number) => string
  readonly seconds: number
}

/** Twenty readers, each with connections of 100 requests, one name each. */
async function load(address: string, {names, seconds}: Load): Promise<{perSecond: number; errors: number}> {
  const until = performance.now() + seconds * 1000
  let [done, errors, turn] = [0, 0, 0]
  const reader = async () => {
    while (performance.now() < until) {
      const servername = names(turn++)
      const {Agent} = await import('node:https')
      const agent = new Agent({keepAlive: true, maxSockets: 1})
      for (let n = 0; n < 100 && performance.now() < until; n++)
        if ((await asked({address, servername, agent})) === 200) done += 1
        else errors += 1
      agent.destroy()
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({length: 20}, reader))
  return {perSecond: (done * 1000) / (performance.now() - began), errors}
}

function asked({
  address,
  servername,
  agent,
}: {
  address: string
  servername: string
  agent: import('node:https').Agent
}): Promise<number> {
  return new Promise(resolve => {
    const headers = {host: servername}
    const sent = request({host: address, servername, headers, agent, rejectUnauthorized: false, path: '/'}, answer => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', () => resolve(0))
    sent.end()
  })
}

interface Edge {
  readonly address: string
  apply(wanted: readonly Wanted[]): Promise<unknown>
}

/** From the order to the first handshake that gets the new certificate, while others are read; and their errors. */
async function addedUnderLoad({address, apply}: Edge, key: Key): Promise<{milliseconds: number; errors: number}> {
  const others = load(address, {names: n => nameOf((n * 7919) % 2_000), seconds: 6})
  await new Promise(resolve => setTimeout(resolve, 1500))
  const hostname = 'newcomer.ezvsaas.test'
  const edition = 'newcomer-edition.ezvsaas.test'
  const placed = ['edge', 'presentation', 'edition'].map(role => ({role, host: 'north-1', reason: '', address}))
  const environment = {
    ...{id: 'enewcom', tenant: 'newcomer', name: 'production', domains: [], placed},
    hostnames: {presentation: hostname, edition},
    ports: {database: 20_000, presentation: 24_000, edition: 28_000},
  } as unknown as Environment
  const certificates = [hostname, edition].map(name => ({
    hostname: name,
    pem: new Secret(`${certificate(name, key)}${key.privateKey}`),
  }))
  const began = performance.now()
  const applied = apply(served(environment, certificates, 'north-1'))
  while (!(await shakes(address, edition))) await new Promise(resolve => setTimeout(resolve, 5))
  const milliseconds = performance.now() - began
  await applied
  console.log(`    whole apply, files too: ${(performance.now() - began).toFixed(0)} ms`)
  return {milliseconds, errors: (await others).errors}
}

function shakes(host: string, servername: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({host, port: 443, servername, rejectUnauthorized: false})
    socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('secureConnect', () => socket.destroy())
  })
}

async function restart(machine: Machine): Promise<number> {
  const script =
    's=$(date +%s%N); systemctl restart haproxy; until perl -MIO::Socket::UNIX -e \'exit !IO::Socket::UNIX->new("/run/haproxy/admin.sock")\'; do sleep 0.02; done; echo $((($(date +%s%N)-s)/1000000))'
  const [answer] = await machine.act('restart', [{act: 'run', args: ['sh', '-c', script]}], fenceOf('north-1'))
  return Number(answer?.out.trim())
}
