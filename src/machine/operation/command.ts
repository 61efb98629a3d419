import type {CommandWanted, Operation} from '../model.ts'

/** A command that runs only while another one says that it has not been done; nothing undoes it. */
export const command: Operation<CommandWanted> = {
  kind: 'command',
  title: want => `command ${want.name}`,
  questions: ({unless, user}) => [user ? {ask: 'run_as', args: [user, ...unless]} : {ask: 'run', args: unless}],
  compare(want, [answer]) {
    if (want.absent || answer?.exit === 0) return []
    const {argv, user} = want
    const action = user ? {act: 'run_as', args: [user, ...argv]} : {act: 'run', args: argv}
    return [{of: command.title(want), what: 'run', actions: [action]}]
  },
}
