import type {Action, AssemblyWanted, Operation} from '../model.ts'
import {attributes} from './file.ts'
import {statFact} from './stat.ts'

/** A file put together on the machine from all fragments of a folder, under the machine's own lock. */
export const assembly: Operation<AssemblyWanted> = {
  kind: 'assembly',
  title: want => `assembly ${want.path}`,
  path: want => want.path,
  questions: want => [{ask: 'assembly', args: [want.path, want.from]}],
  compare(want, [answer], touched = new Set()) {
    const of = assembly.title(want)
    const have = statFact(answer)
    const [, is = '', be = ''] = answer?.out.split('\n') ?? []
    if (want.absent) return have ? [{of, what: 'remove', actions: [remove(want)]}] : []
    const coming = [...touched].some(path => path.slice(0, path.lastIndexOf('/')) === want.from)
    const what = have
      ? [...(coming || is !== be || have.type !== 'regular file' ? ['assemble'] : []), ...attributes(want, have)]
      : ['create']
    return what.length === 0 ? [] : [{of, what: what.join(', '), actions: [assemble(want)]}]
  },
}

function assemble({path, owner, group, mode, from, check = []}: AssemblyWanted): Action {
  return {act: 'assemble', args: [path, owner, group, mode, from, ...check], shared: true}
}

const remove = ({path}: AssemblyWanted): Action => ({act: 'remove', args: [path], shared: true})
