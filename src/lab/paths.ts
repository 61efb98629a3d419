import {join} from 'node:path'

/** Everything a lab keeps is below this folder, which only root may enter. */
export const labsFolder = '/var/lib/selfhelp-lab'
/** Base images: kept when labs go. */
export const imagesFolder = '/var/cache/selfhelp/lab'

export interface LabPaths {
  readonly folder: string
  readonly state: string
  readonly identity: string
  readonly knownHosts: string
  /** Where the base image is mounted, read-only, for all hosts of the lab. */
  readonly base: string
  readonly keeper: string
  readonly init: string
}

/** Where the files of one lab are. */
export function labPaths(lab: string): LabPaths {
  const folder = join(labsFolder, lab)
  return {
    folder,
    state: join(folder, 'lab.json'),
    identity: join(folder, 'identity'),
    knownHosts: join(folder, 'known_hosts'),
    base: join(folder, 'base'),
    keeper: join(folder, 'keeper'),
    init: join(folder, 'init'),
  }
}

export interface HostPaths {
  readonly folder: string
  /** The mounted root of the host. */
  readonly root: string
  /** Holds `upper` and `work`; the mount point of the host's own disk when it has one. */
  readonly layer: string
  readonly upper: string
  readonly work: string
  readonly diskImage: string
  readonly ballast: string
  readonly keeperPid: string
  readonly console: string
  readonly cgroups: string
}

/** Where the files of one host are. */
export function hostPaths(lab: string, host: string): HostPaths {
  const folder = join(labsFolder, lab, 'hosts', host)
  const layer = join(folder, 'layer')
  return {
    folder,
    layer,
    root: join(folder, 'root'),
    upper: join(layer, 'upper'),
    work: join(layer, 'work'),
    diskImage: join(folder, 'disk'),
    ballast: join(layer, 'ballast'),
    keeperPid: join(folder, 'keeper.pid'),
    console: join(folder, 'console.log'),
    cgroups: join(folder, 'cgroups'),
  }
}
