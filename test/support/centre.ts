import {chmodSync, existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Test} from 'tap'
import {labDown} from '../../src/lab/down.ts'
import type {SiteCount} from '../../src/lab/model.ts'
import {type HostStatus, type LabStatus, labStatus} from '../../src/lab/status.ts'
import {labUp} from '../../src/lab/up.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'
import {packageRoot} from '../../src/root.ts'
import {silent, testLab} from './lab.ts'
import {type Ended, run} from './process.ts'

/** A control plane with its own home and lab, driven by its command line as an operator does. */
export interface Centre {
  readonly lab: string
  readonly home: string
  /** Of its commands. */
  readonly env: NodeJS.ProcessEnv
  status(): Promise<LabStatus>
  host(name: string): Promise<HostStatus>
  /** `selfhelp` with these words. */
  type(...words: readonly string[]): Promise<Ended>
  /** The same with `--json`, its answer read. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  json(...words: readonly string[]): Promise<{readonly exit: number | null; readonly answer: any}>
  /** What `host add` needs to know of a lab host. */
  adopting(name: string, ...roles: readonly string[]): Promise<readonly string[]>
}

export interface CentreGiven {
  readonly sites: readonly SiteCount[]
  /** Bytes of each host's own disk. */
  readonly disk?: number
  /** More environment variables of the commands. */
  readonly env?: NodeJS.ProcessEnv
  /** Hears what every command said. */
  heard?(words: readonly string[], ended: Ended): void
}

/** A fresh centre; lab, ledger and home are gone after the test. */
export async function centre(
  t: Pick<Test, 'teardown'>,
  suffix: string,
  given: CentreGiven | readonly SiteCount[],
): Promise<Centre> {
  const {sites, disk, env: more, heard}: CentreGiven = 'length' in given ? {sites: given} : given
  const lab = testLab(suffix)
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-centre-'))
  // The ledger's own account must find its data below.
  chmodSync(folder, 0o711)
  const home = join(folder, 'home')
  t.teardown(async () => {
    if (existsSync(home)) await stopPrivate(placeOf(home, process.env))
    await labDown(lab, [], silent)
    rmSync(folder, {recursive: true, force: true})
  })
  await labUp({name: lab, sites, ...(disk ? {disk} : {})}, silent)
  const env = {PATH: process.env.PATH, SELFHELP_HOME: home, ...more}
  const type = async (...words: readonly string[]) => {
    const ended = await run([join(packageRoot(), 'bin/selfhelp'), ...words], {env, cwd: '/'})
    heard?.(words, ended)
    return ended
  }
  const status = () => labStatus(lab)
  const host = async (name: string) => {
    const found = (await status()).hosts.find(each => each.name === name)
    if (!found) throw new RangeError(`the lab has no host ${name}`)
    return found
  }
  return {
    ...{lab, home, env, status, host, type},
    json: async (...words) => {
      const {exit, out} = await type(...words, '--json')
      return {exit, answer: JSON.parse(out || 'null')}
    },
    adopting: async (name, ...roles) => {
      const {address, site, identity} = await host(name)
      const words = ['--address', address, '--site', site, '--identity', identity]
      return [...words, ...roles.flatMap(role => ['--role', role])]
    },
  }
}
