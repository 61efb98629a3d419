import {Bug} from '../error.ts'
import type {At, Runbook, Step, Undo} from './model.ts'

/** Something that can be asked and made so. */
export type Fact = Pick<Step, 'holds' | 'make'>

/** A fact that ends by itself: the far side enforces `atMost` (ISO 8601), so a dead control plane leaves nothing open. */
export interface Opening extends Fact {
  readonly atMost: string
}

/** The end of a bracket; what happens after it may be a point of no return. */
export interface Closing extends Fact {
  readonly undo?: Undo
}

/** The same fact; what making it has just proven is not asked again in that attempt. */
export function provenByMaking<F extends Fact>(fact: F): F {
  const proven = new WeakSet<At>()
  return {
    ...fact,
    holds: async at => proven.delete(at) || fact.holds(at),
    make: async at => {
      await fact.make(at)
      proven.add(at)
    },
  }
}

/** A named fact as a step; `within` is how long outside failures are retried (ISO 8601, default PT2M). */
export function step(name: string, fact: Fact, how: {undo?: Undo; within?: string} = {}): Step {
  return {name, holds: at => fact.holds(at), make: at => fact.make(at), ...how}
}

/** The two kinds of undo: back by another fact, or never. */
export const undo = {
  /** Going back is making this other fact true. */
  by: (fact: Fact): {undo: Undo} => ({undo: {kind: 'by', undo: at => makeSo(fact, at)}}),
  /** The point of no return: from here only forward; the document says what to do. */
  never: (because: string, document: string): {undo: Undo} => ({undo: {kind: 'never', because, document}}),
} as const

/** A bracket: opened, the steps, closed. An interruption inside leaves it open until its deadline; resume renews it. */
export function during(name: string, open: Opening, close: Closing, steps: readonly Step[]): Step[] {
  return [
    {...step(name, open, undo.by(close)), opens: {atMost: open.atMost}},
    ...steps,
    {...step(`${name}-no-more`, close, close.undo && {undo: close.undo}), closes: name},
  ]
}

/** Gives a runbook its type; step names must be unique. */
export function runbook<I>(given: Runbook<I>): Runbook<I> {
  return {...given, steps: input => named(given.id, given.steps(input))}
}

async function makeSo(fact: Fact, at: At): Promise<void> {
  if (await fact.holds(at)) return
  await fact.make(at)
  if (!(await fact.holds(at))) throw new Bug('going back was done, and yet it is not so')
}

function named(id: string, steps: readonly Step[]): readonly Step[] {
  const names = steps.map(one => one.name)
  const twice = names.filter((name, position) => names.indexOf(name) !== position)
  if (twice.length > 0) throw new Bug(`runbook ${id} names two steps alike`, {facts: {twice}})
  return steps
}
