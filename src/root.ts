import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** The folder of our package.json: where templates and migrations lie, whether we run from source or bundled. */
export function packageRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}
