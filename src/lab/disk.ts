import {chmod, mkdir, readFile, rename, rm, stat, statfs, truncate, writeFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {Refusal} from '../error.ts'
import {attempt, run} from './local.ts'
import type {Lab, LabHost} from './model.ts'
import {hostPaths, labPaths} from './paths.ts'

/** Mounts the lab's base image where its hosts find it. */
export async function mountBase(lab: Lab): Promise<void> {
  const {base} = labPaths(lab.name)
  if (await isMounted(base)) return
  if (!(await stat(lab.image).catch(() => undefined))) {
    throw new Refusal(
      'lab-not-possible',
      `the base image of lab "${lab.name}" is gone, and its hosts cannot do without`,
      {
        facts: {lab: lab.name, image: lab.image},
        remedies: [`selfhelp lab down --lab ${lab.name}`, `selfhelp lab up --lab ${lab.name}`],
      },
    )
  }
  await mkdir(base, {recursive: true})
  await run(['mount', '-t', 'squashfs', '-o', 'loop,ro', lab.image, base])
}

/** Mounts the host's disk, when it has one of its own, and gives it an upper layer. The root comes with `mountRoot`. */
export async function makeLayer(lab: Lab, host: LabHost): Promise<void> {
  const paths = hostPaths(lab.name, host.name)
  await mkdir(paths.layer, {recursive: true, mode: 0o700})
  if (lab.disk !== undefined && !(await isMounted(paths.layer))) {
    if (!(await stat(paths.diskImage).catch(() => undefined))) await makeDisk(paths.diskImage, lab.disk)
    await run(['mount', '-t', 'ext4', '-o', 'loop,noatime', paths.diskImage, paths.layer])
  }
  await mkdir(paths.upper, {recursive: true})
  // This becomes the mode of the host's `/`, whatever the umask.
  await chmod(paths.upper, 0o755)
}

/** Mounts the host's root: its own layer over the base image. */
export async function mountRoot(lab: Lab, host: LabHost): Promise<void> {
  const paths = hostPaths(lab.name, host.name)
  if (await isMounted(paths.root)) return
  // A volatile overlay refuses a work folder that was in use when the machine went down.
  await rm(paths.work, {recursive: true, force: true})
  await mkdir(paths.work, {recursive: true})
  await mkdir(paths.root, {recursive: true})
  const layers = `lowerdir=${labPaths(lab.name).base},upperdir=${paths.upper},workdir=${paths.work},volatile`
  await run(['mount', '-t', 'overlay', '-o', layers, `selfhelp-lab-${lab.name}-${host.name}`, paths.root])
}

/** Takes all free space of the host's own disk, so that the host can write nothing more. Throws a Refusal without one. */
export async function fillDisk(lab: Lab, host: LabHost): Promise<void> {
  const {layer, ballast} = hostPaths(lab.name, host.name)
  if (!(await isMounted(layer))) throw noOwnDisk(lab, host)
  const {bavail, bsize} = await statfs(layer)
  // Most of it at once, without writing; then the rest, which metadata makes inexact, until there is none.
  await attempt(['fallocate', '-l', String(Math.max(bsize, Math.floor(bavail * 0.98) * bsize)), ballast])
  await attempt(['dd', 'if=/dev/zero', `of=${ballast}`, 'oflag=append', 'conv=notrunc', 'bs=64k'])
  await attempt(['dd', 'if=/dev/zero', `of=${ballast}`, 'oflag=append', 'conv=notrunc', 'bs=4k'])
}

/** Gives the space back that `fillDisk` took. */
export async function freeDisk(lab: Lab, host: LabHost): Promise<void> {
  await rm(hostPaths(lab.name, host.name).ballast, {force: true})
}

function noOwnDisk(lab: Lab, host: LabHost): Refusal {
  return new Refusal('lab-not-possible', `${host.name} has no mounted disk of its own, so it cannot be filled`, {
    facts: {lab: lab.name, host: host.name, disk: lab.disk},
    remedies: [`selfhelp lab down --lab ${lab.name}`, `selfhelp lab up --lab ${lab.name} --disk 4G`],
  })
}

/** Unmounts what is mounted at or below the folder, deepest first. */
export async function unmountBelow(folder: string): Promise<void> {
  const below = (await mountPoints()).filter(point => point === folder || point.startsWith(`${folder}/`))
  for (const point of below.reverse()) await unmount(point)
}

/** Processes that have just been killed may hold it for a moment; after two seconds it is taken from whoever has it. */
async function unmount(point: string): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    if ((await attempt(['umount', point])).ok) return
    await sleep(50)
  }
  await run(['umount', '--lazy', point])
}

/** True when something is mounted exactly there. */
export async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path)
}

/** Where things are mounted, in the order they were. */
async function mountPoints(): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8')
  return text.split('\n').flatMap(line => {
    const point = line.split(' ')[4]
    return point === undefined ? [] : [point.replaceAll('\\040', ' ')]
  })
}

async function makeDisk(path: string, bytes: number): Promise<void> {
  await writeFile(`${path}.new`, '', {mode: 0o600})
  await truncate(`${path}.new`, bytes)
  await run(['mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', `${path}.new`])
  await rename(`${path}.new`, path)
}
