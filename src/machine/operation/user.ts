import {Bug} from '../../error.ts'
import type {Answer, Operation, UserWanted} from '../model.ts'

/** A system user with a group of its own name. Its home directory is wanted as a directory, not here. */
export const user: Operation<UserWanted> = {
  kind: 'user',
  title: want => `user ${want.name}`,
  questions: want => [{ask: 'user', args: [want.name]}],
  compare(want, [answer]) {
    const of = user.title(want)
    const have = userFact(answer)
    if (want.absent) return have ? [{of, what: 'remove', actions: [run('userdel', '--force', want.name)]}] : []
    if (/[:\n,]/.test(want.comment)) throw new Bug(`The comment of ${of} has a character that passwd cannot keep.`)
    if (!have) return [{of, what: 'create', actions: [{act: 'useradd', args: created(want)}]}]
    const flags = differences(want, have)
    if (flags.length === 0) return []
    const what = flags.map(([, words]) => words).join(', ')
    return [{of, what, actions: [run('usermod', ...flags.flatMap(([flag]) => flag), want.name)]}]
  },
}

interface UserFact {
  readonly comment: string
  readonly home: string
  readonly shell: string
  readonly groups: readonly string[]
}

/** Parses a line of passwd and a line of group names. */
function userFact(answer: Answer | undefined): UserFact | undefined {
  const [line = '', groups = ''] = answer?.out.split('\n') ?? []
  const [name, , , , comment = '', home = '', shell = ''] = line.split(':')
  return name ? {comment, home, shell, groups: groups.split(' ').filter(Boolean)} : undefined
}

const homeOf = (want: UserWanted) => want.home ?? '/nonexistent'
const shellOf = (want: UserWanted) => want.shell ?? '/usr/sbin/nologin'

function created(want: UserWanted): readonly string[] {
  const groups = want.groups?.length ? ['--groups', want.groups.join(',')] : []
  const place = ['--home-dir', homeOf(want), '--no-create-home', '--shell', shellOf(want)]
  return [want.name, '--comment', want.comment, ...place, ...groups]
}

function differences(want: UserWanted, have: UserFact): readonly (readonly [readonly string[], string])[] {
  const wanted = [...(want.groups ?? have.groups)].sort().join(',')
  const found = [...have.groups].sort().join(',')
  const all = [
    ['--comment', 'comment', have.comment, want.comment],
    ['--home', 'home', have.home, homeOf(want)],
    ['--shell', 'shell', have.shell, shellOf(want)],
    ['--groups', 'groups', found, wanted],
  ] as const
  return all
    .filter(([, , is, be]) => is !== be)
    .map(([flag, name, is, be]) => [[flag, be], `${name} ${is || 'none'} → ${be || 'none'}`] as const)
}

const run = (...args: string[]) => ({act: 'run', args})
