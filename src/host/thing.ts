import type {DirectoryWanted, FileWanted, PackageWanted, UnitWanted} from '../machine/model.ts'
import {render} from '../render/render.ts'
import type {Nothing, Templates} from '../render/templates.ts'

/** The tools that judge a file before it takes its place; what has none is told in docs/runbooks/host-apply.md. */
export const judges = {
  apt: ['apt-config', '-c', '{}', 'shell', 'x', 'APT::Periodic::Enable'],
  shell: ['sh', '-n', '{}'],
  perl: ['perl', '-c', '{}'],
  unit: ['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', '{}'],
} as const

type Bare = {[P in keyof Templates]: Templates[P] extends Nothing ? P : never}[keyof Templates]

/** A file of ours, rendered from the template of its path. */
export function file<P extends keyof Templates>(path: P, facts: P extends Bare ? Nothing : Templates[P]): FileWanted {
  return text(`/${path}`, render(path, facts as Templates[P]))
}

/** A file of root's that all may read. */
export function text(path: string, content: string): FileWanted {
  return {kind: 'file', path, content, owner: 'root', group: 'root', mode: '0644'}
}

/** A directory of root's. */
export function directory(path: string, mode = '0755'): DirectoryWanted {
  return {kind: 'directory', path, owner: 'root', group: 'root', mode}
}

/** A package of Debian's. */
export const pkg = (name: string): PackageWanted => ({kind: 'package', name})

type After = Pick<UnitWanted, 'restartAfter' | 'reloadAfter'>

/** A unit that runs. */
export function on(name: string, after: After = {}, enabled = true): UnitWanted {
  return {kind: 'unit', name, enabled, running: true, ...after}
}

/** A unit that does not. */
export const off = (name: string): UnitWanted => ({kind: 'unit', name, enabled: false, running: false})
