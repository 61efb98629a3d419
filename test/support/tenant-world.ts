import {createHash, generateKeyPairSync, randomBytes} from 'node:crypto'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import type {Test} from 'tap'
import {rootCertificate} from '../../src/ca/x509.ts'
import type {Clock} from '../../src/clock.ts'
import {readContract} from '../../src/contract/read.ts'
import type {Platform} from '../../src/environment/steps.ts'
import {putHost} from '../../src/ledger/host.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {putSite} from '../../src/ledger/site.ts'
import type {Answer, Machine} from '../../src/machine/model.ts'
import {type ScriptedMachine, scriptedMachine} from '../../src/machine/scripted.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'
import {Secret} from '../../src/secret/secret.ts'
import {freshLedger, type TestLedger} from './ledger.ts'
import {leapingClock} from './memory-run.ts'

export const acme = readContract(readFileSync(new URL('../../examples/acme.yaml', import.meta.url)), 'acme.yaml')

/** A ledger with two sites and three hosts, and scripted machines behind them. */
export interface TenantWorld<L extends Ledger = TestLedger> {
  readonly ledger: L
  readonly platform: Platform
  machine(host: string): ScriptedMachine
  /** Everything on hosts and in the ledger that a tenant brings, generated values replaced by their kind. */
  state(): Promise<unknown>
}

/** A fresh world; its ledger is gone after the test. */
export async function tenantWorld(t: Pick<Test, 'teardown'>): Promise<TenantWorld> {
  const ledger = await freshLedger(t)
  await putSites(ledger)
  const keys = mkdtempSync(join(tmpdir(), 'selfhelp-test-keys-'))
  t.teardown(() => rmSync(keys, {recursive: true}))
  return tenantWorldOn(ledger, {keys})
}

/** Two sites, three hosts. */
export async function putSites(ledger: Ledger): Promise<void> {
  await putSetting(ledger, 'base-domain', 'ezvsaas.test')
  for (const name of ['north', 'south'])
    await putSite(ledger, {name, country: 'FR', tier: '3+', iso27001: '2099-06-30', soc2: '2099-03-31'})
  const every = ['edge', 'presentation', 'edition', 'database']
  const at = (name: string, site: string, roles: string[]) =>
    putHost(ledger, {name, site, address: '10.9.1.11', hostKey: 'ssh-ed25519 A', roles, facts: {memoryMegabytes: 8192}})
  await at('north-1', 'north', every)
  await at('north-2', 'north', every)
  await at('south-1', 'south', ['repository'])
}

/** The world of a ledger that has sites; with a folder for its machines it outlives a process that is killed. */
export function tenantWorldOn<L extends Ledger>(
  ledger: L,
  {keys, folder}: {keys: string; folder?: string},
): TenantWorld<L> {
  const machines = new Map(
    ['north-1', 'north-2', 'south-1'].map(name => {
      const script = folder === undefined ? {} : {file: join(folder, `${name}.json`)}
      return [name, withRuntime(scriptedMachine(name, script), accountsIn(folder, name))]
    }),
  )
  const machine = (name: string) => machines.get(name) as ScriptedMachine
  const platform = platformOn(ledger, machine, join(keys, 'key'))
  return {ledger, platform, machine, state: () => stateOf(ledger, [...machines.values()])}
}

function platformOn(ledger: Ledger, machine: (host: string) => Machine, keyFile: string): Platform {
  if (!existsSync(keyFile)) writeKeys(keyFile, [newKey()])
  const clock = leapingClock()
  const chain = anyCertificate(clock)
  return {
    ledger,
    secrets: secretStore(ledger, keyFile),
    clock,
    machine: async name => machine(name),
    authority: async () => ({
      certificate: 'the root',
      issue: async () => ({
        chain,
        key: new Secret('key'),
        fingerprint: randomBytes(32).toString('hex'),
        notBefore: clock.now(),
        notAfter: clock.now().add({hours: 24 * 90}),
        issuer: 'test',
      }),
    }),
    release: async version => ({
      schemaLevel: 1,
      wanted: {
        kind: 'release',
        version,
        archive: {sha256: 'a', size: 1, open: () => Readable.from(['a'])},
        manifest: 'm',
        signature: 's',
        publicKey: 'k',
      },
    }),
    page: async ({hostname}) => {
      const rows = await ledger.all<{phase: string}>`
        select phase from environment e join hostname h on h.environment = e.id where h.name = ${hostname}`
      return {status: rows[0]?.phase === 'installation' ? 503 : 200, body: ''}
    },
  }
}

function anyCertificate({now}: Clock): string {
  const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const key = privateKey.export({type: 'pkcs8', format: 'pem'}).toString()
  return rootCertificate({name: 'test', key}, 'ezvsaas.test', {from: now(), until: now().add({hours: 24})})
}

/** The runtime behind a scripted machine: it keeps accounts, and says that it is ready when its units run. */
function withRuntime(machine: ScriptedMachine, accounts: Accounts): ScriptedMachine {
  return {
    ...machine,
    get there() {
      return machine.there
    },
    get effects() {
      return machine.effects
    },
    get roundTrips() {
      return machine.roundTrips
    },
    ask: async questions =>
      questions.map(({args}): Answer => {
        const socket = args.at(-3) ?? ''
        // A job that has ended, and was the last dump.
        if (args[3] === 'job') return {exit: 0, out: ['0', `${nothing}  -\n0\n`, ''].join('\0'), err: ''}
        if (args[0] === 'sha256sum') return {exit: 0, out: `${nothing}  ${args[1]}\n`, err: ''}
        if (args.at(-1) !== '/internal/accounts') return {exit: 0, out: '', err: ''}
        return {exit: 0, out: JSON.stringify({items: accounts.of(socket).map(email => ({email}))}), err: ''}
      }),
    act: async (id, actions, fence) => {
      await machine.act(id, actions, fence)
      return actions.map(({args, input}): Answer => {
        if (args.at(-1) !== '/internal/accounts') return {exit: 0, out: '', err: ''}
        const {email} = JSON.parse(String(input)) as {email: string}
        const socket = args.at(-3) ?? ''
        accounts.add(socket, email)
        // The test account, made with the first ones, is named after the service's own host.
        const edition = accounts
          .of(socket)
          .find(known => known.startsWith('test@'))
          ?.slice('test@'.length)
        const welcome = {url: `https://${edition}/welcome/${email}`, expiresAt: '2026-11-29T11:00:00Z'}
        return {exit: 0, out: JSON.stringify({welcome}), err: ''}
      })
    },
  }
}

/** The sum of a dump that nobody made. */
const nothing = createHash('sha256').digest('hex')

interface Accounts {
  of(socket: string): readonly string[]
  add(socket: string, email: string): void
}

function accountsIn(folder: string | undefined, host: string): Accounts {
  const file = folder && join(folder, `accounts-${host}.json`)
  let memory: Record<string, readonly string[]> = {}
  const read = () => (file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as typeof memory) : memory)
  return {
    of: socket => read()[socket] ?? [],
    add: (socket, email) => {
      const all = read()
      memory = {...all, [socket]: [...new Set([...(all[socket] ?? []), email])]}
      if (file) writeFileSync(file, JSON.stringify(memory))
    },
  }
}

async function stateOf(ledger: Ledger, machines: readonly ScriptedMachine[]): Promise<unknown> {
  const there = machines.map(one => [one.host, remaining(one.there)])
  const rows = {
    tenant: await ledger.all`select name from tenant order by name`,
    environment: await ledger.all`select id, name, phase, version from environment order by name`,
    port: await ledger.all`select host, port, purpose from port order by host, port`,
    hostname: await ledger.all`select name, face from hostname order by name`,
    certificate: await ledger.all`select hostname from certificate order by hostname`,
    secret: (await ledger.all<{name: string}>`select name from secret`).map(({name}) => name),
    document: await ledger.all`select kind, locale from document`,
    farewell: await ledger.all`select tenant, host, expired_at is not null gone from farewell order by tenant, path`,
    handedOver: await ledger.all`select handed_over_at is not null so from tenant order by name`,
  }
  const ids = rows.environment.map(row => (row as {id: string}).id)
  let text = JSON.stringify({there, rows})
  for (const [at, id] of ids.entries()) text = text.replaceAll(id, `<environment ${at}>`)
  text = text.replace(/"secret":"[0-9a-f]{64}"/g, '"secret":"*"').replace(/"response":"[^"]+"/g, '"response":"<word>"')
  text = text.replace(/(certificate\/[^/"]+\/)[0-9a-f]{16}/g, '$1*').replace(/-e\w{6}-\w+\.dump/g, '-<id>-<run>.dump')
  text = text.replace(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/g, '<certificate>')
  const state = JSON.parse(text) as {rows: {secret: string[]}}
  state.rows.secret.sort()
  return state
}

/** A real machine takes away what is in a folder or a cluster; an edge's own files and free backends are nobody's. */
function remaining(there: ReadonlyMap<string, unknown>): readonly (readonly [string, unknown])[] {
  const own = [...there].filter(([title, thing]) => {
    if (/^# free$/m.test((thing as {content?: string}).content ?? '')) return false
    const [kind = '', name = ''] = title.split(' ')
    if (['command', 'assembly', 'haproxy-loaded'].includes(kind) || name === 'haproxy.service') return false
    const [folder] = /^\/etc\/selfhelp\/[^/]+(?=\/)/.exec(name) ?? []
    if (folder !== undefined) return there.has(`directory ${folder}`)
    return !/^pg-(role|database)$/.test(kind) || there.has(`pg-cluster ${name.split('/')[0]}`)
  })
  return own.sort(([a], [b]) => (a < b ? -1 : 1))
}
