import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {text} from 'node:stream/consumers'
import {setTimeout} from 'node:timers/promises'
import type {Test} from 'tap'
import type {Database, Role} from '../../src/config.ts'

const main = resolve(import.meta.dirname, '../../src/main.ts')

export const urls = {presentation: 'https://acme.example', edition: 'https://acme-edition.example'}

export interface Running {
  readonly url: string
  readonly child: ChildProcess
  readonly configFile: string
  /** Every line it logged. */
  log(): string
  /** Requests without following anything; a form is sent as the browser of its own page would. */
  get(path: string, headers?: Record<string, string>): Promise<Response>
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  admin(method: string, path: string, body?: unknown): Promise<{status: number; text: string}>
  /** Writes the state file, without a signal. */
  state(content: unknown): void
  hangUp(): Promise<void>
  ended(): Promise<number>
}

export interface Wish {
  readonly role: Role
  readonly database: Database
  readonly config?: Record<string, unknown>
  readonly state?: unknown
  readonly migrated?: boolean
}

/** Writes a configuration and gives its path. */
export function writeConfig(t: Test, {role, database, config = {}, state = {mode: 'open'}}: Wish): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-runtime-'))
  t.teardown(() => rmSync(folder, {recursive: true, force: true}))
  const stateFile = join(folder, 'state.json')
  writeFileSync(stateFile, typeof state === 'string' ? state : JSON.stringify(state))
  const file = join(folder, 'config.json')
  const whole = {
    role,
    environment: 'acme/production',
    tenant: 'ACME <b>&</b> Söhne',
    locale: 'fr',
    listen: {address: '127.0.0.1', port: 0},
    admin: {socket: join(folder, 'admin.socket')},
    urls,
    origins: ['https://help.acme.example'],
    database,
    stateFile,
    ...config,
  }
  writeFileSync(file, JSON.stringify(whole))
  return file
}

/** Runs a command of the runtime to its end. */
export function runCommand(argv: string[], input = ''): {status: number | null; stdout: string; stderr: string} {
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...argv], {input, encoding: 'utf8'})
  return {status, stdout, stderr}
}

/** The same without waiting, for several at once. */
export async function startCommand(argv: string[]): Promise<{status: number; stdout: string}> {
  const child = spawn(process.execPath, [main, ...argv], {stdio: ['ignore', 'pipe', 'inherit']})
  const [stdout, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return {status, stdout}
}

/** Starts a real process of one role and waits until it listens. */
export async function startRuntime(t: Test, wish: Wish): Promise<Running> {
  const configFile = writeConfig(t, wish)
  if (wish.migrated !== false) runCommand(['migrate', '--config', configFile])
  const child = spawn(process.execPath, [main, 'serve', '--config', configFile], {stdio: ['ignore', 'pipe', 'inherit']})
  let lines = ''
  child.stdout.setEncoding('utf8').on('data', more => {
    lines += more
  })
  const ended = once(child, 'exit').then(([code]) => code as number)
  t.teardown(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await ended
  })
  const port = await until(() => /"event":"listening".*"port":(\d+)/.exec(lines)?.[1])
  const url = `http://127.0.0.1:${port}`
  const socket = configFile.replace('config.json', 'admin.socket')
  return {
    url,
    child,
    configFile,
    log: () => lines,
    get: (path, headers = {}) => fetch(url + path, {redirect: 'manual', headers}),
    post: (path, fields, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: {origin: urls[wish.role], ...headers},
        body: new URLSearchParams(fields),
      }),
    admin: (method, path, body) => askSocket({socket, method, path, body}),
    state: content =>
      writeFileSync(
        configFile.replace('config.json', 'state.json'),
        typeof content === 'string' ? content : JSON.stringify(content),
      ),
    hangUp: async () => {
      const before = count(lines)
      child.kill('SIGHUP')
      await until(() => count(lines) > before)
    },
    ended: () => ended,
  }
}

/** Asks again until there is an answer; throws after half a minute. */
export async function until<T>(ask: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let tries = 600; tries > 0; tries--) {
    const answer = await ask()
    if (answer) return answer as NonNullable<T>
    await setTimeout(50)
  }
  throw new Error(`still waiting for ${ask}`)
}

function count(lines: string): number {
  return lines.split('"event":"state-read"').length
}

function askSocket({socket, method, path, body}: {socket: string; method: string; path: string; body: unknown}) {
  return new Promise<{status: number; text: string}>((resolve, reject) => {
    const sent = request({socketPath: socket, method, path}, async answer => {
      resolve({status: answer.statusCode ?? 0, text: await text(answer)})
    })
    sent.on('error', reject)
    sent.end(body === undefined ? '' : JSON.stringify(body))
  })
}
