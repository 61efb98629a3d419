import type {Action, Answer, Question} from '../model.ts'

/** Asks the running HAProxy; with a part, only the lines that have it. */
export function saying(command: string, part = ''): Question {
  return {ask: 'haproxy', args: [command, part]}
}

/** Tells the running HAProxy, under the machine's own lock; each command must answer with something like its pattern. */
export function telling(...commands: readonly (readonly [command: string, good: string])[]): Action {
  return {act: 'haproxy', args: commands.flat(), shared: true}
}

/** The lines of what it said; undefined when no HAProxy runs, so that only files count. */
export function said(answer: Answer | undefined): readonly string[] | undefined {
  return answer?.exit === 0 ? answer.out.split('\n') : undefined
}
