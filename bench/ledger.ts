import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../src/clock.ts'
import {contractIn} from '../src/contract/check.ts'
import {init} from '../src/init/init.ts'
import {beginning, type Entry, type JournalRow, linked} from '../src/ledger/journal.ts'
import type {Ledger, Queries} from '../src/ledger/ledger.ts'
import {openLedger} from '../src/ledger/open.ts'
import {placeOf} from '../src/ledger/place.ts'
import {stopPrivate} from '../src/ledger/private.ts'
import {packageRoot} from '../src/root.ts'
import {type Compared, compare, program} from './pairs.ts'

const large = {
  tenants: Number(process.env.SELFHELP_BENCH_TENANTS ?? 10_000),
  entries: Number(process.env.SELFHELP_BENCH_ENTRIES ?? 1_000_000),
}
/** MB. */
const heap = 64
/** The program, as it is typed. */
export const selfhelp = join(packageRoot(), 'bin/selfhelp')
/** The same Node doing nothing. */
export const nothing = program('node -e 0', [process.execPath, '-e', '0'])
/** Milliseconds are meant where node -e 0 takes 45. */
export const inNodes = (milliseconds: number): number => milliseconds / 45

/** What a list of a thousand tenants costs; whole processes. */
export async function tenantList({pairs}: {pairs: number}): Promise<Compared[]> {
  return filled({tenants: 1000, entries: 0}, async env => [
    await compare({
      name: 'tenant list, 1000 tenants',
      ours: program('selfhelp tenant list', [selfhelp, 'tenant', 'list'], env),
      ...{peer: nothing, atMost: inNodes(250), pairs},
    }),
  ])
}

/** What a ledger of ten thousand tenants and a million journal entries costs to ask; whole processes. */
export async function ledger({pairs}: {pairs: number}): Promise<Compared[]> {
  const commands = [
    ['tenant', 'list', '--limit', '50'],
    ['tenant', 'show', nameOf(large.tenants / 2)],
    ['journal', 'list', '--tenant', nameOf(large.tenants / 3)],
  ]
  return filled(large, async env => {
    const results: Compared[] = []
    for (const words of commands) {
      const ours = program('selfhelp', [selfhelp, ...words], env)
      results.push(await compare({name: words.join(' '), ours, peer: nothing, atMost: inNodes(300), pairs}))
    }
    await verified(env)
    return results
  })
}

type Size = typeof large

/** Works with a ledger of its own of that size, which is gone afterwards. */
export async function filled<T>(size: Size, work: (env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-bench-'))
  const env = {...process.env, SELFHELP_HOME: home}
  try {
    const began = performance.now()
    await fill({home, env}, size)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    console.log(`${size.tenants} tenants and ${size.entries} entries made in ${seconds} s`)
    return await work(env)
  } finally {
    await stopPrivate(placeOf(home, process.env))
    rmSync(home, {recursive: true, force: true})
  }
}

async function fill({home, env}: {home: string; env: NodeJS.ProcessEnv}, size: Size): Promise<void> {
  await init({
    ...{home, env, clock: systemClock, operator: 'jane@cmc.test'},
    ...{baseDomain: undefined, operatorKey: undefined, recoveryKeys: []},
  })
  const ledger = await openLedger({home, env})
  try {
    await ledger.transaction(tx => makeTenants(tx, size))
    await makeJournal(ledger, size)
    await ledger.all`analyze`
  } finally {
    await ledger.close()
  }
}

async function makeTenants(tx: Queries, {tenants}: Size): Promise<void> {
  const contract = await contractIn(join(packageRoot(), 'examples/acme.yaml'))
  await tx.all`insert into site (name, country, tier, iso27001, soc2) values ('north', 'FR', '4', '2030-01-01', '2030-01-01')`
  await tx.all`insert into host (name, site, address, host_key, roles)
    select 'north-' || n, 'north', '10.1.0.' || n, 'ssh-ed25519 AAAA', '{edge,presentation,edition,database}'
    from generate_series(1, 100) n`
  await tx.all`insert into tenant (name, legal_name, locale, time_zone, contract)
    select 't' || n, 'Tenant ' || n || ' SA', 'fr', 'Europe/Paris', ${JSON.stringify(contract)}::jsonb
    from generate_series(1, ${tenants}::integer) n`
  // Six letters of the alphabet a–z2–7 that count.
  await tx.all`insert into environment (id, tenant, name, phase, version, topology)
    select 'e' || translate(lpad(to_hex(n * 2 + e), 6, '0'), '0189', 'ghij'), 't' || n,
      (array['production', 'qualification'])[e + 1], 'implementation', '0.1.0', 'single'
    from generate_series(1, ${tenants}::integer) n, generate_series(0, 1) e`
  await tx.all`insert into hostname (name, environment, face)
    select e.tenant || case e.name when 'production' then '' else '-qualification' end || f.suffix || '.ezvsaas.test', e.id, f.face
    from environment e, (values ('presentation', ''), ('edition', '-edition')) f (face, suffix)`
  await tx.all`insert into placement (environment, role, host, reason)
    select e.id, r, 'north-' || 1 + abs(hashtext(e.tenant)) % 100, 'least loaded'
    from environment e, unnest('{edge,presentation,edition,database}'::text[]) r`
}

const atOnce = 10_000

async function makeJournal(ledger: Ledger, {tenants, entries}: Size): Promise<void> {
  const last = await ledger.one<{sequence: number; hash: string}>`
    select sequence, encode(hash, 'hex') as hash from journal order by sequence desc limit 1`
  let head = {sequence: last?.sequence ?? 0, hash: last?.hash ?? beginning}
  const ofTenant = new Map<string, string>()
  const began = Temporal.Instant.from('2026-01-01T00:00:00Z')
  while (head.sequence < entries) {
    const rows: JournalRow[] = []
    for (let n = 0; n < atOnce && head.sequence < entries; n++) {
      const tenant = nameOf((head.sequence * 7919) % tenants)
      const row = linked(entryOf(tenant, began.add({seconds: head.sequence})), {
        ...head,
        hashOfTenant: ofTenant.get(tenant),
      })
      ofTenant.set(tenant, row.hash)
      head = row
      rows.push(row)
    }
    await ledger.transaction(tx => insertAll(tx, rows))
  }
}

function entryOf(tenant: string, at: Temporal.Instant): Entry {
  return {
    ...{at, tenant, kind: 'step', subject: `${tenant}/production`, step: 'page-answers', result: 'made'},
    ...{operator: 'jane@cmc.test', account: 'root', machine: 'cmc-1', reason: 'a change that was ordered'},
    ...{run: 'run-0123456789', body: {position: 7, changes: [{kind: 'file', path: '/etc/selfhelp/e234567.json'}]}},
  }
}

async function insertAll(tx: Queries, rows: readonly JournalRow[]): Promise<void> {
  const column = <K extends keyof JournalRow>(name: K) => rows.map(row => row[name])
  await tx.all`set local synchronous_commit = off`
  await tx.all`
    insert into journal (sequence, at, kind, tenant, subject, run, step, operator, account, machine, reason, result, body,
      previous, previous_of_tenant, hash)
    select s, a::timestamptz, k, t, u, r, p, o, c, m, w, z, b::jsonb, decode(v, 'hex'), decode(x, 'hex'), decode(h, 'hex')
    from unnest(${column('sequence')}::bigint[], ${column('at')}::text[], ${column('kind')}::text[],
      ${column('tenant')}::text[], ${column('subject')}::text[], ${column('run')}::text[], ${column('step')}::text[],
      ${column('operator')}::text[], ${column('account')}::text[], ${column('machine')}::text[],
      ${column('reason')}::text[], ${column('result')}::text[], ${column('body').map(body => JSON.stringify(body))}::text[],
      ${column('previous')}::text[], ${column('previousOfTenant')}::text[], ${column('hash')}::text[])
      as j (s, a, k, t, u, r, p, o, c, m, w, z, b, v, x, h)`
}

function nameOf(n: number): string {
  return `t${Math.floor(n) + 1}`
}

/** How long following the whole journal takes, and the most memory it had. */
async function verified(env: NodeJS.ProcessEnv): Promise<void> {
  const began = performance.now()
  // With a heap this small, holding even a tenth of the entries would end it.
  const small = {...env, NODE_OPTIONS: `--max-old-space-size=${heap}`}
  const child = spawn(selfhelp, ['journal', 'verify'], {stdio: ['ignore', 'ignore', 'inherit'], env: small})
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid))
  }, 200)
  const [exit] = await once(child, 'close')
  clearInterval(watch)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`journal verify: exit ${exit}, ${seconds} s, ${(peak / 1024).toFixed(0)} MB at most, ${heap} MB of heap`)
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
