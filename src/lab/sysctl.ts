import {readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Failure} from '../error.ts'
import {bootId} from './boot.ts'
import {labsFolder} from './paths.ts'

/** What the machine must allow while any lab stands: it routes, and many systemds watch files. */
const wanted: Readonly<Record<string, number>> = {
  'net/ipv4/ip_forward': 1,
  'net/ipv6/conf/all/forwarding': 1,
  'fs/inotify/max_user_instances': 1024,
}

interface Before {
  readonly boot: string
  /** In the order in which they are put back: the general ones first, since they set the others. */
  readonly values: Record<string, string>
}

const record = join(labsFolder, 'sysctl.json')

/** Sets what labs need and keeps what was there before. Call under the machine's lab lock. */
export async function setSysctls(): Promise<void> {
  const lacking = []
  for (const [name, least] of Object.entries(wanted)) {
    const now = await read(name)
    if (now !== undefined && Number(now) < least) lacking.push({name, least})
  }
  if (lacking.length === 0) return
  if ((await recorded()) === undefined) await keep()
  await keepAdvertisedRoutes()
  for (const {name, least} of lacking) await set(name, least)
}

async function set(name: string, value: number): Promise<void> {
  try {
    await writeFile(join('/proc/sys', name), String(value))
  } catch (error) {
    // Inside a container some settings are the outer machine's; with few hosts its inotify instances may do.
    if (name.startsWith('fs/')) return
    const setting = name.replaceAll('/', '.')
    throw new Failure(
      'lab-tool-failed',
      `this machine does not let ${setting} be set to ${value}, and a lab needs it`,
      {
        facts: {setting, why: (error as Error).message},
        remedies: [`sysctl ${setting}=${value}`],
      },
    )
  }
}

/** Puts back what was there before the first lab. Call under the machine's lab lock when the last one goes. */
export async function restoreSysctls(): Promise<void> {
  for (const [name, value] of Object.entries((await recorded())?.values ?? {})) {
    const now = await read(name)
    if (now !== undefined && now !== value) await writeFile(join('/proc/sys', name), value)
  }
  await rm(record, {force: true})
}

/** A machine that routes stops listening to its own router's advertisements, unless it is told to (2). */
async function keepAdvertisedRoutes(): Promise<void> {
  for (const name of await perInterface('ipv6', 'accept_ra'))
    if (!/\/(all|default|lo|shl\d[^/]*)\//.test(name) && (await read(name)) === '1')
      await writeFile(join('/proc/sys', name), '2')
}

/** Forwarding changes other settings with it; all of them are kept. */
async function keep(): Promise<void> {
  const touched = [
    ...Object.keys(wanted),
    ...(await perInterface('ipv4', 'forwarding')),
    ...(await perInterface('ipv4', 'accept_redirects')),
    ...(await perInterface('ipv6', 'forwarding')),
    ...(await perInterface('ipv6', 'accept_ra')),
  ]
  const values: Record<string, string> = {}
  for (const name of touched) {
    const value = await read(name)
    if (value !== undefined) values[name] = value
  }
  const before: Before = {boot: await bootId(), values}
  await writeFile(record, `${JSON.stringify(before, undefined, 2)}\n`, {mode: 0o600})
}

/** The setting of each interface, `all` and `default` first. */
async function perInterface(family: 'ipv4' | 'ipv6', setting: string): Promise<string[]> {
  const names = await readdir(`/proc/sys/net/${family}/conf`).catch(() => [])
  const general = (name: string) => (name === 'all' ? 0 : name === 'default' ? 1 : 2)
  return names.sort((one, two) => general(one) - general(two)).map(name => `net/${family}/conf/${name}/${setting}`)
}

/** What was kept since this machine started; what is older went with the restart. */
async function recorded(): Promise<Before | undefined> {
  const text = await readFile(record, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const before = JSON.parse(text) as Before
  return before.boot === (await bootId()) ? before : undefined
}

async function read(name: string): Promise<string | undefined> {
  return (await readFile(join('/proc/sys', name), 'utf8').catch(() => undefined))?.trim()
}
