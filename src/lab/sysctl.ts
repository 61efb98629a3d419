import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {labsFolder} from './paths.ts'

/** What the machine must allow while any lab stands: it routes, and many systemds watch files. */
const wanted: Readonly<Record<string, number>> = {
  'net/ipv4/ip_forward': 1,
  'net/ipv6/conf/all/forwarding': 1,
  'fs/inotify/max_user_instances': 1024,
}

const record = join(labsFolder, 'sysctl.json')

/** Sets what labs need and keeps what was there before. Call under the machine's lab lock. */
export async function setSysctls(): Promise<void> {
  const before = await saved()
  for (const [name, least] of Object.entries(wanted)) {
    const now = await read(name)
    if (now === undefined || Number(now) >= least) continue
    before[name] ??= now
    await writeFile(record, `${JSON.stringify(before, null, 2)}\n`, {mode: 0o600})
    await writeFile(join('/proc/sys', name), String(least))
  }
}

/** Puts back what was there before the first lab. Call under the machine's lab lock when the last one goes. */
export async function restoreSysctls(): Promise<void> {
  for (const [name, value] of Object.entries(await saved())) await writeFile(join('/proc/sys', name), value)
  await rm(record, {force: true})
}

async function saved(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(record, 'utf8').catch(() => '{}')) as Record<string, string>
}

async function read(name: string): Promise<string | undefined> {
  return (await readFile(join('/proc/sys', name), 'utf8').catch(() => undefined))?.trim()
}
