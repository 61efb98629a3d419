import {spawn} from 'node:child_process'
import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {Failure, Refusal} from '../error.ts'
import {serviceUser} from './place.ts'

/** Whom the server runs as; `dropped` when root gives its rights away for it. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly dropped: boolean
}

/** PostgreSQL refuses root: then it is a system user, made if absent; anybody else runs it as oneself. */
export async function serviceAccount(): Promise<Account> {
  const uid = process.getuid?.() ?? 0
  if (uid !== 0) return {name: await run('id', ['-un']), uid, gid: process.getgid?.() ?? uid, dropped: false}
  return (await lookUp()) ?? (await makeUser())
}

/** The folder of Debian's PostgreSQL programs; the newest, or the version a data directory needs. */
export function binaries(version?: string, root = '/usr/lib/postgresql'): string {
  const found = existsSync(root) ? readdirSync(root).filter(each => existsSync(join(root, each, 'bin/postgres'))) : []
  const newest = found.sort((a, b) => Number(b) - Number(a))[0]
  const chosen = version === undefined ? newest : found.find(each => each === version)
  if (chosen !== undefined) return join(root, chosen, 'bin')
  const wanted = version === undefined ? 'PostgreSQL' : `PostgreSQL ${version}`
  throw new Refusal('postgresql-missing', `${wanted} is not installed, and the private ledger needs it.`, {
    facts: {found},
    remedies: [
      `apt-get install --no-install-recommends postgresql-${version ?? 15}`,
      'Or set SELFHELP_DATABASE_URL to a PostgreSQL of your own.',
    ],
  })
}

/** Runs a program as that account and returns what it said; a Failure with its last lines when it fails. */
export async function run(program: string, argv: readonly string[], account?: Account): Promise<string> {
  const {promise, resolve, reject} = Promise.withResolvers<string>()
  const child = spawn(program, argv, {
    ...(account?.dropped ? {uid: account.uid, gid: account.gid} : {}),
    cwd: '/',
    env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC'},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', text => {
    out += text
  })
  child.stderr.on('data', text => {
    err += text
  })
  child.on('error', reject)
  child.on('close', code => {
    if (code === 0) resolve(out.trim())
    else
      reject(
        new Failure('tool-failed', `${program} ended with ${code}.`, {facts: {said: err.trim().split('\n').slice(-8)}}),
      )
  })
  return promise
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const entry = (await run('getent', ['passwd', serviceUser])).split(':')
    return {name: serviceUser, uid: Number(entry[2]), gid: Number(entry[3]), dropped: true}
  } catch {
    return undefined
  }
}

async function makeUser(): Promise<Account> {
  const argv = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
  ]
  try {
    await run('useradd', [...argv, serviceUser])
  } catch (failure) {
    // Another home's init may have made it in the same moment.
    const made = await lookUp()
    if (!made) throw failure
    return made
  }
  const made = await lookUp()
  if (!made) throw new Failure('tool-failed', `useradd made no ${serviceUser}.`)
  return made
}
