import {createHash} from 'node:crypto'
import {Failure} from '../error.ts'
import {Secret} from '../secret/secret.ts'
import type {Action, Answer, Change, Input, Operation, Plan, Question, Wanted} from './model.ts'
import {Unreadable} from './operation/read.ts'
import {operations} from './operations.ts'
import {asking} from './questions.ts'

/** Everything that must be known to compare, and the comparison; pure. */
export interface Comparison {
  readonly frames: readonly Question[]
  /** The changes in the order in which they are done: that of the wanted things. */
  changes(answers: readonly Answer[]): readonly Change[]
}

/** Turns wanted things into questions, and this host's answers into changes. Throws `Failure('answer-unreadable')`. */
export function comparison(host: string, wanted: readonly Wanted[]): Comparison {
  const questions = wanted.map(want => operationOf(want).questions(want))
  const asked = asking(questions.flat())
  return {
    frames: asked.frames,
    changes(answers) {
      const all = asked.answers(answers)
      const touched = new Set<string>()
      const changes: Change[] = []
      let from = 0
      for (const [n, want] of wanted.entries()) {
        const operation = operationOf(want)
        const mine = all.slice(from, from + (questions[n]?.length ?? 0))
        from += mine.length
        const found = readable(host, operation.title(want), () => operation.compare(want, mine, touched))
        const path = operation.path?.(want)
        if (found.length > 0 && path !== undefined) touched.add(path)
        changes.push(...guardedUnit(want, found, changes))
      }
      return changes
    },
  }
}

function readable<T>(host: string, of: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown
    const facts = {host, of, read: thrown.message}
    throw new Failure('answer-unreadable', `${host}, asked for ${of}, gave no answer to it: ${thrown.message}.`, {
      facts,
    })
  }
}

/** A unit that reads a guarded file must read the old one again when that comes back. */
function guardedUnit(want: Wanted, found: readonly Change[], before: readonly Change[]): readonly Change[] {
  if (want.kind !== 'unit') return found
  const read = new Set([...(want.reloadAfter ?? []), ...(want.restartAfter ?? [])])
  const guarded = before.some(({guard}) => guard?.files.some(path => read.has(path)))
  return guarded ? found.map(change => ({...change, guard: {files: [], units: [want.name]}})) : found
}

function operationOf<W extends Wanted>(want: W): Operation<W> {
  return operations[want.kind] as unknown as Operation<W>
}

/** The plan of these changes, with its hash. */
export function planOf(host: string, changes: readonly Change[]): Plan {
  const canonical = JSON.stringify(
    changes.map(({of, what, diff, actions}) => [of, what, diff ?? '', actions.map(hashed)]),
  )
  return {host, changes, planHash: createHash('sha256').update(canonical).digest('hex')}
}

function hashed({act, args, input}: Action): unknown {
  return [act, args, inputHashed(input)]
}

function inputHashed(input: Input | undefined): unknown {
  if (input === undefined || input instanceof Secret) return input === undefined ? '' : '***'
  if (typeof input === 'string' || input instanceof Uint8Array) return createHash('sha256').update(input).digest('hex')
  return input.size
}

/** What arms the machine's own way back, when one of these changes needs it. */
export function guardOf(changes: readonly Change[], seconds: number): Action | undefined {
  const guards = changes.flatMap(({guard}) => (guard ? [guard] : []))
  const files = guards.flatMap(({files}) => files.flatMap(path => ['file', path]))
  const units = guards.flatMap(({units = []}) => units.flatMap(unit => ['unit', unit]))
  const ruleset = guards.some(guard => guard.ruleset) ? ['ruleset', ''] : []
  return guards.length === 0 ? undefined : {act: 'guard', args: [`${seconds}`, ...files, ...units, ...ruleset]}
}

/** Neighbours of these are told together when they are told the same: apt and systemd are slow to begin. HAProxy is told everything so. */
const together = new Set(['packages', 'units'])

/** The actions of these changes, in their order. */
export function actionsOf(changes: readonly Change[]): readonly Action[] {
  const actions: Action[] = []
  for (const action of changes.flatMap(change => change.actions)) {
    const last = actions.at(-1)
    const alike = last && action.act === last.act && action.args[0] === last.args[0] && action.shared === last.shared
    if (last?.act === 'haproxy' && action.act === 'haproxy' && last.shared === action.shared)
      actions[actions.length - 1] = {...last, args: [...last.args, ...action.args]}
    else if (alike && together.has(action.act))
      actions[actions.length - 1] = {...last, args: [...last.args, ...action.args.slice(1)]}
    else actions.push(action)
  }
  return actions
}
