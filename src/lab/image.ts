import {chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {execa} from 'execa'
import {Failure} from '../error.ts'
import type {Part, Progress} from '../terminal/progress.ts'
import {type AptSources, machineApt} from './apt.ts'
import {programPath} from './local.ts'
import {locked} from './lock.ts'
import {imagesFolder} from './paths.ts'
import {afterPackages, beforePackages, countLine, hostPackages, imageKey, nothingBuilt} from './recipe.ts'
import {listLabs} from './state.ts'

/** Path of the base image for this machine's apt sources; builds it when it is not cached (1–2 minutes). */
export async function baseImage(progress: Progress): Promise<string> {
  const apt = await machineApt()
  const path = join(imagesFolder, `base-${imageKey(apt, process.arch)}.squashfs`)
  if (await exists(path)) return path
  return await locked('image', async () => {
    if (!(await exists(path))) await build(path, apt, progress)
    return path
  })
}

/** Removes every cached image (`quickstart --down --purge`). @public */
export async function purgeImages(): Promise<void> {
  await rm(imagesFolder, {recursive: true, force: true})
}

async function build(path: string, apt: AptSources, progress: Progress): Promise<void> {
  await mkdir(imagesFolder, {recursive: true})
  for (const name of await readdir(imagesFolder))
    if (/\.new$|^build-/.test(name)) await rm(join(imagesFolder, name), {recursive: true, force: true})
  const scratch = await mkdtemp(join(imagesFolder, 'build-'))
  const part = progress.part('base image')
  try {
    const root = join(scratch, 'root')
    part.at('1/3 resolving packages')
    await debootstrap(root, scratch, {apt, part})
    part.at('3/3 compressing')
    await compress(root, `${path}.new`)
    await rename(`${path}.new`, path)
    await dropUnused(path)
    part.done(`${Math.round((await stat(path)).size / 1e6)} MB`)
  } catch (error) {
    part.failed()
    throw error
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
}

/** Other recipes' images go, except those that a lab stands on. */
async function dropUnused(current: string): Promise<void> {
  const used = new Set([current, ...(await listLabs()).map(lab => lab.image)])
  for (const name of await readdir(imagesFolder))
    if (name.endsWith('.squashfs') && !used.has(join(imagesFolder, name))) await rm(join(imagesFolder, name))
}

async function debootstrap(root: string, scratch: string, {apt, part}: {apt: AptSources; part: Part}): Promise<void> {
  const before = await script(join(scratch, 'before'), beforePackages)
  const after = await script(join(scratch, 'after'), afterPackages)
  const sources = await writeAll(scratch, apt.sources)
  const argv = ['--mode=root', '--variant=apt', '--format=directory', '--verbose']
  argv.push(`--include=${hostPackages.join(',')}`, ...apt.options.map(option => `--aptopt=${option}`))
  argv.push('--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-exclude=/usr/share/doc/*')
  argv.push(`--essential-hook=${before}`, `--customize-hook=${after}`)
  const child = execa('mmdebstrap', [...argv, 'bookworm', root, ...sources], {
    reject: false,
    stdin: 'ignore',
    all: true,
    env: {PATH: programPath(), LC_ALL: 'C.UTF-8', TMPDIR: scratch},
  })
  const count = {...nothingBuilt}
  for await (const line of createInterface({input: child.all})) {
    const far = countLine(line, count)
    if (far !== undefined) part.at(`2/3 packages: ${far}`)
  }
  const result = await child
  if (!result.failed) {
    for (const keyring of apt.keyrings) await keep(keyring, join(root, keyring))
    return
  }
  throw new Failure('lab-tool-failed', `the base image could not be built: mmdebstrap ended with ${result.exitCode}`, {
    facts: {lastWords: result.all.split('\n').slice(-15)},
    remedies: ['apt-get update', 'selfhelp lab up'],
  })
}

async function compress(root: string, path: string): Promise<void> {
  const argv = [root, path, '-comp', 'zstd', '-Xcompression-level', '6', '-noappend', '-no-progress', '-quiet']
  const result = await execa('mksquashfs', argv, {reject: false, stdin: 'ignore', env: {PATH: programPath()}})
  if (!result.failed) return
  throw new Failure('lab-tool-failed', `the base image could not be written: ${result.stderr}`, {
    remedies: [`df -h ${imagesFolder}`],
  })
}

async function script(path: string, text: string): Promise<string> {
  await writeFile(path, text)
  await chmod(path, 0o755)
  return path
}

async function writeAll(folder: string, texts: Readonly<Record<string, string>>): Promise<string[]> {
  const paths = Object.keys(texts).map(name => join(folder, name))
  await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(folder, name), text)))
  return paths
}

async function keep(from: string, to: string): Promise<void> {
  if (await exists(to)) return
  await mkdir(dirname(to), {recursive: true})
  await copyFile(from, to)
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
