import {readFile, stat} from 'node:fs/promises'

/** The running machine's boot, which changes with each start of it. */
export async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
}

/** Names a process so that no later one with its number is taken for it; undefined when there is none. */
export async function processMark(pid: number): Promise<string | undefined> {
  if (!(await stat(`/proc/${pid}`).catch(() => undefined))) return undefined
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[19] === undefined ? undefined : `${pid} ${fields[19]} ${await bootId()}`
}
