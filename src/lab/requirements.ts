import {mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {createInterface} from 'node:readline'
import {execa} from 'execa'
import {Failure, Refusal} from '../error.ts'
import type {Part, Progress} from '../terminal/progress.ts'
import {attempt, programPath} from './local.ts'
import {locked} from './lock.ts'

/** Debian packages a machine needs to run a lab, each with a program that shows it is there. */
const labPackages: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  'squashfs-tools': 'mksquashfs',
  'systemd-container': 'systemd-nspawn',
  nftables: 'nft',
  iproute2: 'ip',
  'openssh-client': 'ssh-keygen',
  'util-linux': 'nsenter',
  mount: 'mount',
  e2fsprogs: 'mkfs.ext4',
}

/** Refuses where a lab cannot run: not root, or not Debian 12. */
export async function requireLabMachine(): Promise<void> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const debian = /^ID=debian$/m.test(release) && /^VERSION_ID="?12"?$/m.test(release)
  const root = process.getuid?.() === 0
  if (debian && root) return
  throw new Refusal('lab-not-possible', 'a lab needs root on a Debian 12 machine', {
    facts: {root, debian12: debian},
    remedies: [root ? 'Use a Debian 12 machine.' : 'Type the command as root.'],
  })
}

/** Installs what a lab needs and this machine has not got. Nothing is asked of the network when all is there. */
export async function installLabPackages(progress: Progress): Promise<void> {
  const missing: string[] = []
  for (const [name, program] of Object.entries(labPackages)) if (!(await hasProgram(program))) missing.push(name)
  if (missing.length > 0) await installPackages(missing, progress)
}

/**
 * Installs Debian packages on this machine and starts no service of theirs: a policy-rc.d stands for the time of the
 * install, and PostgreSQL makes no cluster. Packages already installed are left alone. Throws a Failure when apt fails.
 */
export async function installPackages(names: readonly string[], progress: Progress): Promise<void> {
  await locked('packages', async () => {
    await dropStalePolicy()
    const missing: string[] = []
    for (const name of names) if (!(await isInstalled(name))) missing.push(name)
    if (missing.length === 0) return
    const part = progress.part(`Debian packages ${missing.join(', ')}`)
    await keepClusterAway()
    const {ok, lines} = await withoutServices(async () => await install(missing, part))
    if (ok) return part.done()
    part.failed()
    throw notInstalled(missing, lines)
  })
}

/** First with the package lists there are; when that fails, with new ones. */
async function install(names: readonly string[], part: Part): Promise<AptResult> {
  const argv = ['install', '-y', '--no-install-recommends', ...names]
  const first = await aptGet(argv, part)
  if (first.ok) return first
  part.at('updating the package lists')
  await aptGet(['update'], part)
  return await aptGet(argv, part)
}

interface AptResult {
  readonly ok: boolean
  readonly lines: readonly string[]
}

async function aptGet(argv: readonly string[], part: Part): Promise<AptResult> {
  const child = execa('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=600', ...argv], {
    reject: false,
    stdin: 'ignore',
    all: true,
    env: {PATH: programPath(), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8'},
  })
  const lines: string[] = []
  let total = 0
  let done = 0
  for await (const line of createInterface({input: child.all})) {
    lines.push(line)
    total = Math.max(total, 3 * Number(/ (\d+) newly installed/.exec(line)?.[1] ?? 0))
    if (!/^(Get:\d+|Unpacking|Setting up) /.test(line)) continue
    done += 1
    part.at(`${done} of ${Math.max(done, total)}: ${line.slice(0, 50)}`)
  }
  return {ok: !(await child).failed, lines}
}

const policy = '/usr/sbin/policy-rc.d'
const policyText = '#!/bin/sh\n# selfhelp: no service starts while packages are installed\nexit 101\n'

/** Puts a policy-rc.d that forbids starting in place, unless the machine has one of its own, for as long as the work takes. */
async function withoutServices<T>(work: () => Promise<T>): Promise<T> {
  if ((await readFile(policy, 'utf8').catch(() => undefined)) === undefined)
    await writeFile(policy, policyText, {mode: 0o755})
  try {
    return await work()
  } finally {
    await dropStalePolicy()
  }
}

/** One of ours that nobody needs now, as a killed install leaves it, would keep every service from starting. */
async function dropStalePolicy(): Promise<void> {
  if ((await readFile(policy, 'utf8').catch(() => '')) === policyText) await rm(policy)
}

/** In place before PostgreSQL is; Debian's own createcluster.conf reads this folder. */
async function keepClusterAway(): Promise<void> {
  const folder = '/etc/postgresql-common/createcluster.d'
  await mkdir(folder, {recursive: true})
  await writeFile(`${folder}/selfhelp.conf`, 'create_main_cluster = false\n')
}

async function isInstalled(name: string): Promise<boolean> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholder
  const {stdout} = await attempt(['dpkg-query', '-W', '-f', '${db:Status-Status}', name])
  return stdout.trim() === 'installed'
}

async function hasProgram(name: string): Promise<boolean> {
  const found = await Promise.all(
    programPath()
      .split(':')
      .map(folder =>
        stat(`${folder}/${name}`).then(
          () => true,
          () => false,
        ),
      ),
  )
  return found.includes(true)
}

function notInstalled(names: readonly string[], lines: readonly string[]): Failure {
  return new Failure('lab-tool-failed', `apt-get could not install ${names.join(', ')}`, {
    facts: {packages: names, lastWords: lines.slice(-15)},
    remedies: ['apt-get update', `apt-get install ${names.join(' ')}`],
  })
}
