import {createHash} from 'node:crypto'
import {Secret} from '../../secret/secret.ts'
import {unifiedDiff} from '../diff.ts'
import type {Action, Change, FileWanted, Operation} from '../model.ts'
import {type FileFact, fileFact, modeOf} from './stat.ts'

/** A file with its content, owner and mode, replaced whole; its own checker may refuse it before. */
export const file: Operation<FileWanted> = {
  kind: 'file',
  title: want => `file ${want.path}`,
  // The hash of a secret is not sent: its content is never asked back.
  path: want => want.path,
  questions: want => [{ask: 'file', args: [want.path, want.content instanceof Secret ? '-' : sha256(want.content)]}],
  compare(want, [answer]) {
    const have = fileFact(answer)
    if (want.absent) return have ? [removal(want)] : []
    const secret = want.content instanceof Secret
    const content = want.content instanceof Secret ? want.content.expose() : want.content
    const same = have?.type === 'regular file' && have.sha256 === sha256(content)
    const what = have ? [...(same ? [] : [contentChange(have)]), ...attributes(want, have)] : ['create']
    if (what.length === 0) return []
    const diff = same || secret ? undefined : diffOf(want.path, have, content)
    const change = {of: file.title(want), what: what.join(', '), ...(diff ? {diff} : {}), actions: [put(want)]}
    return [{...change, ...(want.confirm ? {guard: {files: [want.path]}} : {})}]
  },
}

/** Writes beside the target and renames last: whoever owns the folder cannot slip a link under it. */
function put(want: FileWanted): Action {
  const {path, owner, group, mode, check = [], content} = want
  return {act: 'put', args: [path, owner, group, mode, ...check], input: content}
}

function removal(want: FileWanted): Change {
  const remove: Action = {act: 'remove', args: [want.path]}
  const unit = want.path.startsWith('/etc/systemd/system/')
  const actions = unit ? [remove, {act: 'run', args: ['systemctl', 'daemon-reload']}] : [remove]
  return {of: file.title(want), what: 'remove', actions}
}

function contentChange(have: FileFact): string {
  return have.type === 'regular file' ? 'content' : `replace ${have.type}`
}

function diffOf(path: string, have: FileFact | undefined, content: string): string | undefined {
  if (have && have.content === undefined) return undefined
  return unifiedDiff(path, have?.content ?? '', content)
}

/** The differences of owner and mode in words: `mode 0644 → 0600`. */
export function attributes(
  want: {owner: string; group: string; mode: string},
  have: {owner: string; group: string; mode: string},
): readonly string[] {
  const [wanted, found] = [`${want.owner}:${want.group}`, `${have.owner}:${have.group}`]
  return [
    ...(wanted === found ? [] : [`owner ${found} → ${wanted}`]),
    ...(modeOf(want.mode) === have.mode ? [] : [`mode ${have.mode} → ${modeOf(want.mode)}`]),
  ]
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
