import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {installLabPackages, installPackages, requireLabMachine} from '../../src/lab/requirements.ts'
import type {Progress} from '../../src/terminal/progress.ts'

/** What the control plane itself runs: the ledger's PostgreSQL, and curl for the line that is printed. */
const packages = ['postgresql-15', 'pgbackrest', 'curl', 'ca-certificates', 'openssl']

/** Debian packages and the build. Refuses where lab hosts cannot run. */
export async function setUp(progress: Progress): Promise<void> {
  await requireLabMachine()
  await installPackages(packages, progress)
  await installLabPackages(progress)
  const part = progress.part('build')
  await promisify(execFile)(process.execPath, ['bin/build.js'])
  part.done()
}
