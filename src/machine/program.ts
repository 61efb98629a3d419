import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Bug} from '../error.ts'

const parts = ['reader', 'facts', 'actions', 'database', 'guard']

/** What the remote shell is told: a constant; the program and all data come on its stdin. */
export const bootstrap = `/bin/sh -c 'IFS= read -r n && p=$(head -c "$n") && [ "\${#p}" = "$n" ] && eval "$p"'`

/** The program that reads exchanges on a machine, length first; the same text for every machine. */
export function readerProgram(): Buffer {
  const folder = hostFolder()
  const program = `${parts.map(part => readFileSync(join(folder, `${part}.sh`), 'utf8')).join('')}main`
  return Buffer.from(`${Buffer.byteLength(program)}\n${program}`)
}

/** Beside the sources, whether this file runs from them or from a bundle elsewhere in the package. */
function hostFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'src/machine/host/reader.sh'))) {
    if (folder === dirname(folder)) throw new Bug('The folder src/machine/host is not in the package.')
    folder = dirname(folder)
  }
  return join(folder, 'src/machine/host')
}
