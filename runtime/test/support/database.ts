import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {chownSync, existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import pg from 'pg'
import type {Test} from 'tap'
import type {Database} from '../../src/config.ts'

const binaries = '/usr/lib/postgresql/15/bin'

/** The reason to skip tests that need a database, or false. */
export const withoutDatabase = existsSync(`${binaries}/initdb`) ? false : `${binaries}/initdb is not there`

/** A private PostgreSQL for one test file, on a socket, gone when the test ends. Gives empty databases. */
export async function startPostgres(t: Test): Promise<() => Promise<Database>> {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-runtime-'))
  // PostgreSQL refuses root; nobody will do.
  const account = process.getuid?.() === 0 ? {uid: 65_534, gid: 65_534} : undefined
  if (account) chownSync(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const made = spawnSync(
    `${binaries}/initdb`,
    ['-D', data, '-A', 'trust', '-U', 'selfhelp', '-N', '--locale=C.UTF-8'],
    {
      ...account,
      cwd: folder,
    },
  )
  if (made.status !== 0) throw new Error(made.stderr.toString())
  const options = ['-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'shared_buffers=8MB']
  // Ended by the kernel when the test is: one that ran out of time runs no teardown.
  const who = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  const command = [...who, '--pdeathsig', 'QUIT', `${binaries}/postgres`, '-D', data, ...options]
  const server = spawn('setpriv', command, {cwd: folder, stdio: 'ignore'})
  t.teardown(async () => {
    if (server.exitCode === null && server.kill('SIGQUIT')) await once(server, 'exit')
    rmSync(folder, {recursive: true, force: true})
  })
  const admin: Database = {host: folder, port: 5432, name: 'postgres', user: 'selfhelp'}
  await answers(admin)
  let count = 0
  return async () => {
    const name = `d${++count}`
    await sql(admin, `create database ${name}`)
    return {...admin, name}
  }
}

/** Runs one statement on a connection of its own. */
export async function sql(database: Database, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({...database, database: database.name})
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function answers(database: Database): Promise<void> {
  for (let tries = 600; ; tries--) {
    try {
      await sql(database, 'select 1')
      return
    } catch (error) {
      if (tries === 0) throw error
      await setTimeout(50)
    }
  }
}
