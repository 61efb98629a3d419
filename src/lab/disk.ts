import {chmod, mkdir, readFile, rm, stat, truncate, writeFile} from 'node:fs/promises'
import {run} from './local.ts'
import type {Lab, LabHost} from './model.ts'
import {hostPaths, labPaths} from './paths.ts'

/** Mounts the lab's base image where its hosts find it. */
export async function mountBase(lab: Lab): Promise<void> {
  const {base} = labPaths(lab.name)
  if (await isMounted(base)) return
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

/** Unmounts what is mounted at or below the folder, deepest first. */
export async function unmountBelow(folder: string): Promise<void> {
  const below = (await mountPoints()).filter(point => point === folder || point.startsWith(`${folder}/`))
  for (const point of below.reverse()) await run(['umount', point])
}

/** True when something is mounted exactly there. */
export async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path)
}

/** Where things are mounted, in the order they were. */
export async function mountPoints(): Promise<string[]> {
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
  await run(['mv', `${path}.new`, path])
}
