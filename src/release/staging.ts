import {mkdir, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'

const prefix = '.staging-'

/** Works in a folder of this process's own below `folder`; it goes with the work, and those of dead processes too. */
export async function staged<T>(folder: string, work: (staging: string) => Promise<T>): Promise<T> {
  await mkdir(folder, {recursive: true, mode: 0o700})
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))) await rm(join(folder, name), gone)
  }
  const staging = join(folder, `${prefix}${process.pid}`)
  await mkdir(staging, {recursive: true})
  try {
    return await work(staging)
  } finally {
    await rm(staging, gone)
  }
}

const gone = {recursive: true, force: true}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
