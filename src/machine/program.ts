import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {packageRoot} from '../root.ts'

const parts = ['reader', 'facts', 'actions', 'database', 'edge', 'guard']

/** What the remote shell is told: a constant; the program and all data come on its stdin. */
export const bootstrap = `/bin/sh -c 'IFS= read -r n && p=$(head -c "$n") && [ "\${#p}" = "$n" ] && eval "$p"'`

/** The program that reads exchanges on a machine, length first; the same text for every machine. */
export function readerProgram(): Buffer {
  const folder = join(packageRoot(), 'src/machine/host')
  const program = `${parts.map(part => readFileSync(join(folder, `${part}.sh`), 'utf8')).join('')}main`
  return Buffer.from(`${Buffer.byteLength(program)}\n${program}`)
}
