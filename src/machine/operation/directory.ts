import {Refusal} from '../../error.ts'
import type {DirectoryWanted, Operation} from '../model.ts'
import {attributes} from './file.ts'
import {statFact} from './stat.ts'

/** A directory with owner and mode; absent, it goes with all that is in it. */
export const directory: Operation<DirectoryWanted> = {
  kind: 'directory',
  title: want => `directory ${want.path}`,
  path: want => want.path,
  questions: want => [{ask: 'stat', args: [want.path]}],
  compare(want, [answer]) {
    const {path, owner, group, mode} = want
    const [of, have] = [directory.title(want), statFact(answer)]
    if (want.absent) return have ? [{of, what: 'remove', actions: [{act: 'remove', args: [path]}]}] : []
    if (have && have.type !== 'directory') throw inTheWay(path, have.type)
    const what = have ? attributes(want, have) : ['create']
    if (what.length === 0) return []
    return [{of, what: what.join(', '), actions: [{act: 'directory', args: [path, owner, group, mode]}]}]
  },
}

function inTheWay(path: string, type: string): Refusal {
  return new Refusal('in-the-way', `Where the directory ${path} is wanted there is a ${type}; it was not touched.`, {
    facts: {path, found: type, wanted: 'directory'},
    remedies: [`Look at it and move it away: ls -l ${path}`],
  })
}
