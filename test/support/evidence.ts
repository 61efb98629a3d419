import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {firstProcess, processesOf} from '../../src/lab/cgroup.ts'
import {openLedger} from '../../src/ledger/open.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {binaries} from '../../src/ledger/postgres-account.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {keyFileOf} from '../../src/secret/key-file.ts'
import type {Known} from './needle.ts'

const inShell = promisify(execFile)

/** Every secret a control plane has now: its key files, and all rows of the secret store, opened. */
export async function secretsOf(home: string): Promise<Known[]> {
  const keyFile = keyFileOf(home, {})
  const ledger = await openLedger({home, env: {}})
  try {
    const store = secretStore(ledger, keyFile)
    const names = await ledger.all<{name: string}>`select name from secret`
    const rows = await Promise.all(
      names.map(async ({name}) => ({name, value: (await store.get(name))?.expose() ?? ''})),
    )
    const files = [keyFile, join(home, 'operator-key'), join(home, 'machine-key')]
    return [...rows, ...files.filter(exists).map(file => ({name: file, value: readFileSync(file, 'utf8')}))]
  } finally {
    await ledger.close()
  }
}

/** The whole ledger as text, sealed values sealed, written to a file. */
export async function dumpLedger(home: string, file: string): Promise<void> {
  const {socket, data} = placeOf(home, {})
  const program = join(binaries(readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()), 'pg_dump')
  await inShell(program, ['-h', socket, '-U', 'postgres', '-d', 'selfhelp', '-f', file])
}

/** What a lab host's file system looks like from this machine; its journal as text is written to a file. */
export async function hostRoot(lab: string, host: string, journal: string): Promise<string> {
  const first = await firstProcess(await processesOf(lab, host))
  if (first === undefined) throw new Error(`${host} does not run`)
  const root = `/proc/${first}/root`
  const journals = ['-D', `${root}/var/log/journal`, '-D', `${root}/run/log/journal`].filter((_, at, all) =>
    exists(all[at + (at % 2 === 0 ? 1 : 0)] ?? ''),
  )
  if (journals.length > 0) {
    const {stdout} = await inShell('journalctl', [...journals.slice(0, 2), '--no-pager', '-o', 'export'], {
      maxBuffer: 1 << 28,
      encoding: 'buffer',
    })
    writeFileSync(journal, stdout)
  }
  return root
}

/** Files on these hosts that only stand there while something is at work. */
export async function leftovers(lab: string, hosts: readonly string[]): Promise<string[]> {
  const found = hosts.map(async host => {
    const first = await firstProcess(await processesOf(lab, host))
    const root = `/proc/${first}/root`
    const temporary = ['.selfhelp.*', '*.selfhelp-old', 'spool.*', 'gone.*', 'ask.*', '*.new', '*.part', '*.half']
    const names = temporary.flatMap(name => ['-o', '-name', name]).slice(1)
    const places = ['etc', 'opt/selfhelp', 'run/selfhelp', 'var/lib/selfhelp', 'var/lib/postgresql', 'tmp']
    const {stdout} = await inShell('find', [...places.map(place => `${root}/${place}`), '(', ...names, ')'])
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(path => `${host}:${path.slice(root.length)}`)
  })
  return (await Promise.all(found)).flat()
}

/** Where on a host an environment is still named: files and folders, accounts, shared files. */
export async function tracesOf(lab: string, host: string, id: string): Promise<string[]> {
  const first = await firstProcess(await processesOf(lab, host))
  const root = `/proc/${first}/root`
  // The fence of its lock must outlive it, journals tell what was.
  const kept = ['-path', `${root}/var/lib/selfhelp`, '-o', '-path', `${root}/var/log/journal`]
  const places = ['etc', 'opt', 'run', 'tmp', 'var'].map(place => `${root}/${place}`)
  const named = await inShell('find', [...places, '(', ...kept, ')', '-prune', '-o', '-name', `*${id}*`, '-print'])
  // Debian keeps the account files of one change before.
  const backups = ['passwd-', 'shadow-', 'group-', 'gshadow-'].map(name => `--exclude=${name}`)
  const told = await inShell('grep', ['-rlsD', 'skip', ...backups, '-e', id, `${root}/etc`]).catch(() => ({stdout: ''}))
  return `${named.stdout}${told.stdout}`
    .split('\n')
    .filter(Boolean)
    .map(path => path.slice(root.length))
}

/** True while the host runs a program whose command line (NUL between words) is like this. */
export async function isRunning(lab: string, host: string, cmdline: RegExp): Promise<boolean> {
  return (await processesOf(lab, host)).some(pid => {
    try {
      return cmdline.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
    } catch {
      return false
    }
  })
}

/** Watches all processes until `stop`, which returns when everything seen is in the file. */
export function watchProcesses(file: string): () => Promise<void> {
  const argv = [join(import.meta.dirname, 'sampler.ts'), file]
  const child = spawn(process.execPath, argv, {env: {PATH: '/usr/bin:/bin'}, stdio: ['pipe', 'inherit', 'inherit']})
  return async () => {
    child.stdin.end()
    await once(child, 'close')
  }
}

/** True when somebody else than its owner and group may read it, all folders above included. */
export function isOpen(file: string, root: string): boolean {
  if ((statSync(file).mode & 0o004) === 0) return false
  const below = file.slice(root.length).split('/').slice(1, -1)
  let folder = root
  return below.every(name => {
    folder = `${folder}/${name}`
    return (statSync(folder).mode & 0o001) !== 0
  })
}

function exists(file: string): boolean {
  return statSync(file, {throwIfNoEntry: false}) !== undefined
}
