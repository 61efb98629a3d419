import type {Action, Answer, Question} from '../../src/machine/model.ts'

/** Jobs of a host in a test: a started one has ended at once, and whoever waits for it is told how. */
export interface HostJobs {
  /** What starting or waiting answers; undefined for what is no job. Running it is the caller's. */
  act(action: Pick<Action, 'act' | 'args' | 'input'>, run: (argv: readonly string[]) => Answer): Answer | undefined
  ask(question: Pick<Question, 'args'>): Answer | undefined
}

/** A fresh host without any. */
export function hostJobs(): HostJobs {
  const ended = new Map<string, Answer>()
  return {
    act: ({args}, run) => {
      if (args[3] !== 'job') return args[3] === 'end' ? silent : undefined
      const [id = '', , , ...argv] = args.slice(4)
      ended.set(id, run(argv))
      return silent
    },
    ask: ({args}) => {
      if (args[3] !== 'job') return undefined
      const end = ended.get(args[4] ?? '')
      return {...silent, out: end ? [`${end.exit}`, end.out, end.err].join('\0') : 'lost'}
    },
  }
}

const silent: Answer = {exit: 0, out: '', err: ''}
