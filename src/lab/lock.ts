import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {execa} from 'execa'
import {Failure} from '../error.ts'
import {programPath} from './local.ts'

/** Root's own: in a folder of all, others could take a lock first, or put a link in its place. */
const folder = '/run/selfhelp-lab'

/**
 * Runs the work while no other process of this machine holds the lock of that name. The lock is flock(1)'s, so
 * it ends with its holder, however that ends.
 */
export async function locked<T>(name: string, work: () => Promise<T>, minutes = 10): Promise<T> {
  await mkdir(folder, {recursive: true, mode: 0o700})
  const file = join(folder, name)
  const holder = execa('flock', ['-w', String(minutes * 60), file, 'sh', '-c', 'echo held; exec cat'], {
    reject: false,
    env: {PATH: programPath()},
  })
  try {
    const held = await Promise.race([
      new Promise<boolean>(resolve => holder.stdout.once('data', () => resolve(true))),
      holder.then(() => false),
    ])
    if (!held) throw new Failure('lab-tool-failed', `the lab lock "${name}" was not free within ${minutes} minutes`)
    return await work()
  } finally {
    holder.stdin.end()
    await holder
  }
}
