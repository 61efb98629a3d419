import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {Refusal} from '../error.ts'
import {run} from './local.ts'
import {freeOctet, type Lab, type LabHost, labName} from './model.ts'
import {labPaths, labsFolder} from './paths.ts'

/** The lab of that name, or undefined when there is none on this machine. */
export async function readLab(name: string): Promise<Lab | undefined> {
  if (!labName.test(name)) return undefined
  let text: string
  try {
    text = await readFile(labPaths(name).state, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code !== 'EACCES') throw error
    throw new Refusal('lab-not-possible', 'only root sees the labs of this machine', {
      remedies: ['Type the command as root.'],
    })
  }
  return labOf(name, text)
}

/** Reads a lab's state. Throws a Refusal when another version of selfhelp, or nobody, wrote it. */
export function labOf(name: string, text: string): Lab {
  const {folder, state} = labPaths(name)
  let lab: Partial<Lab> | undefined
  try {
    lab = JSON.parse(text)
  } catch {}
  if (lab?.format === 1) return lab as Lab
  throw new Refusal('lab-not-possible', `${state} is not the state of a lab this selfhelp knows`, {
    facts: {lab: name, format: lab?.format},
    remedies: [`Use the selfhelp that made it, or look at ${folder} and remove it by hand.`],
  })
}

/** The lab of that name. Throws a Refusal when there is none. */
export async function knownLab(name: string): Promise<Lab> {
  const lab = await readLab(name)
  if (lab) return lab
  const names = (await listLabs()).map(each => each.name)
  throw new Refusal('not-found', `there is no lab "${name}" on this machine`, {
    facts: {lab: name, labs: names},
    remedies: [`selfhelp lab up --lab ${name}`],
  })
}

/** The lab's host of that name. Throws a Refusal when there is none. */
export function knownHost(lab: Lab, name: string): LabHost {
  const host = lab.hosts.find(each => each.name === name)
  if (host) return host
  throw new Refusal('not-found', `the lab "${lab.name}" has no host "${name}"`, {
    facts: {lab: lab.name, hosts: lab.hosts.map(each => each.name)},
    remedies: [`selfhelp lab status --lab ${lab.name}`],
  })
}

/** Every lab of this machine. */
export async function listLabs(): Promise<Lab[]> {
  const entries = await readdir(labsFolder, {withFileTypes: true}).catch(() => [])
  const labs = await Promise.all(entries.filter(entry => entry.isDirectory()).map(entry => readLab(entry.name)))
  return labs.filter(lab => lab !== undefined)
}

/** Writes the lab's state so that a reader sees the old or the new one, never half of it. */
export async function writeLab(lab: Lab): Promise<void> {
  const {folder, state} = labPaths(lab.name)
  await mkdir(folder, {recursive: true, mode: 0o700})
  await writeFile(`${state}.new`, `${JSON.stringify(lab, null, 2)}\n`, {mode: 0o600})
  await rename(`${state}.new`, state)
}

/** Forgets the lab: its folder goes. */
export async function forgetLab(name: string): Promise<void> {
  await rm(labPaths(name).folder, {recursive: true, force: true})
}

/** An octet that neither another lab nor a route of this machine uses. Call under the machine's lab lock. */
export async function allotOctet(): Promise<number> {
  const routes = JSON.parse(await run(['ip', '-j', '-4', 'route', 'show', 'table', 'all'])) as {dst?: string}[]
  const labs = await listLabs()
  const octet = freeOctet(
    labs.map(lab => lab.octet),
    routes.map(route => route.dst ?? ''),
  )
  if (octet !== undefined) return octet
  throw new Refusal('lab-not-possible', 'no network 10.<n>.0.0/16 is free on this machine', {
    facts: {labs: labs.map(lab => lab.name)},
    remedies: ['selfhelp lab down --lab NAME'],
  })
}
