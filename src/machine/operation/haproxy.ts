import type {Action, Answer, Question} from '../model.ts'
import {Unreadable} from './read.ts'

/** Asks the running HAProxy; with a part, only the lines that have it. */
export function saying(command: string, part = ''): Question {
  return {ask: 'haproxy', args: [command, part]}
}

/** Tells the running HAProxy, under the machine's own lock; each command must answer with something like its pattern. */
export function telling(...commands: readonly (readonly [command: string, good: string])[]): Action {
  return {act: 'haproxy', args: commands.flat(), shared: true}
}

/** The exit with which the machine says that no HAProxy answers. */
const down = 7

/** The lines of what it said; undefined when no HAProxy runs, so that only files count. */
export function said(answer: Answer | undefined): readonly string[] | undefined {
  if (answer?.exit === down) return undefined
  if (answer?.exit === 0) return answer.out.split('\n')
  throw new Unreadable(`what HAProxy says cannot be ${JSON.stringify(answer?.err.slice(0, 200))}`)
}
