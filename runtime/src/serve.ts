import {rmSync} from 'node:fs'
import type {Server} from 'node:http'
import type pg from 'pg'
import {adminApp} from './admin/routes.ts'
import {type Context, createApp} from './app.ts'
import type {AdminListener, Config} from './config.ts'
import {openPool, transaction} from './database.ts'
import {editionPages} from './edition/routes.ts'
import {openGateway} from './gateway.ts'
import {withHealth} from './health.ts'
import {beat} from './heartbeat.ts'
import {log} from './log.ts'
import {readProcedures} from './portal/procedure.ts'
import {portalPages} from './portal/routes.ts'
import type {Release} from './release.ts'
import {followState} from './state.ts'
import {createLimit} from './web/limit.ts'
import {createListener} from './web/listener.ts'

const drainMs = 10_000
const minute = 60_000

/** Serves one role until SIGTERM or SIGINT, finishes what was asked, and promises exit code 0. SIGHUP re-reads the state. */
export async function serve(config: Config, release: Release): Promise<number> {
  const clock = Date.now
  const pool = openPool(config.database, {max: 8, statementMs: 10_000})
  // Operations read whole tables, and must not wait behind readers.
  const ownPool = openPool(config.database, {max: 2})
  const state = followState(config.stateFile, clock)
  let draining = false
  const context = contextOf(config, release, {pool, state: state.now, clock})
  const health = {release, state, sql: pool, draining: () => draining}
  const pages = config.role === 'presentation' ? portalPages(context) : editionPages(context)
  const open = createListener('public', withHealth(health, createApp(context, pages)), config.proxies)
  const admin = createListener(
    'admin',
    withHealth(health, adminApp({context, pool: ownPool, gateway: openGateway(state.now)})),
  )
  process.on('SIGHUP', () => {
    state.reread()
    log(state.problem ? 'error' : 'info', 'state-read', {problem: state.problem, ...state.now()})
  })
  await listenAdmin(admin, config.admin)
  await listen(
    open,
    inheritedSocket(process.env, process.pid) ?? {host: config.listen.address, port: config.listen.port},
  )
  const stopBeating = beat(context)
  log('info', 'listening', {
    role: config.role,
    environment: config.environment,
    version: release.version,
    ...ports(open),
  })
  await asked()
  draining = true
  stopBeating()
  log('info', 'draining')
  await Promise.all([drain(open), drain(admin)])
  await Promise.all([pool.end(), ownPool.end()])
  log('info', 'stopped')
  return 0
}

interface Parts {
  readonly pool: pg.Pool
  readonly state: Context['state']
  readonly clock: Context['clock']
}

function contextOf(config: Config, release: Release, {pool, state, clock}: Parts): Context {
  return {
    config,
    release,
    procedures: readProcedures(release.root),
    state,
    clock,
    sql: pool,
    together: work => transaction(pool, work),
    limits: {
      account: createLimit(5, 15 * minute, clock),
      source: createLimit(30, 15 * minute, clock),
      feedback: createLimit(20, 15 * minute, clock),
    },
  }
}

function asked(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}

async function listenAdmin(server: Server, admin: AdminListener): Promise<void> {
  if (!('socket' in admin)) return await listen(server, {host: admin.address, port: admin.port})
  // Left behind by a process that was killed; the unit runs one at a time.
  rmSync(admin.socket, {force: true})
  const before = process.umask(0o077)
  try {
    await listen(server, {path: admin.socket})
  } finally {
    process.umask(before)
  }
}

/** The first of the sockets that systemd hands on; it holds the port also while no process of ours runs. */
export function inheritedSocket(env: NodeJS.ProcessEnv, pid: number): {fd: number} | undefined {
  const ours = env.LISTEN_PID === String(pid) && Number(env.LISTEN_FDS) >= 1
  // Not for the programs we start.
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete env[name]
  return ours ? {fd: 3} : undefined
}

type Where = {host: string; port: number} | {path: string} | {fd: number}

function listen(server: Server, where: Where): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, resolve)
  })
}

function ports(server: Server): {port?: number} {
  const address = server.address()
  return typeof address === 'object' && address ? {port: address.port} : {}
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearTimeout(late)
}
