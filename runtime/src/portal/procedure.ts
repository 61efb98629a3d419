import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Locale} from '../config.ts'

export type Text = Readonly<Record<Locale, string>>

export interface Choice {
  readonly id: string
  readonly label: Text
  readonly hint?: Text
  readonly to: string
}

interface Titled {
  readonly title: Text
  readonly text?: readonly Text[]
}

export type Start = Titled & {readonly kind: 'start'; readonly to: string}
export type Question = Titled & {readonly kind: 'question'; readonly choices: readonly Choice[]}
export type Page = Titled & {readonly kind: 'page'; readonly to: string}
export type End = Titled & {readonly kind: 'end'; readonly outcome: 'solved' | 'contact'}
export type Step = Start | Question | Page | End

export interface Procedure {
  readonly alias: string
  readonly title: Text
  readonly summary: Text
  readonly steps: Readonly<Record<string, Step>>
}

/** Reads the bundled procedures; throws with every fault found, so a broken one never reaches a reader. */
export function readProcedures(root: string): Procedure[] {
  const folder = join(root, 'procedures')
  const procedures = readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Procedure)
  const faults = procedures.flatMap(procedure => faultsOf(procedure).map(fault => `${procedure.alias}: ${fault}`))
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return procedures
}

/** The steps one may go to from a step. */
export function targets(step: Step): string[] {
  if (step.kind === 'end') return []
  return step.kind === 'question' ? step.choices.map(choice => choice.to) : [step.to]
}

/** What is wrong with a procedure: one Start, every target there, no loop, every step reached, both languages. */
export function faultsOf(procedure: Procedure): string[] {
  const steps = new Map(Object.entries(procedure.steps))
  const starts = [...steps].filter(([, step]) => step.kind === 'start').map(([id]) => id)
  const faults = starts.length === 1 && starts[0] === 'start' ? [] : ['exactly one step is the Start, named start']
  for (const id of [procedure.alias, ...steps.keys()]) {
    if (!/^[a-z][a-z0-9-]*$/.test(id)) faults.push(`${id}: not a usable name`)
  }
  for (const [id, step] of steps) {
    for (const target of targets(step)) if (!steps.has(target)) faults.push(`${id}: no step ${target}`)
    if (step.kind === 'question' && step.choices.length < 2) faults.push(`${id}: a question has two choices or more`)
    for (const text of textsOf(step)) if (!text.fr || !text.en) faults.push(`${id}: a text is missing in fr or en`)
  }
  // Without a loop and with every target there, each way from Start ends at an End.
  return faults.length > 0 ? faults : waysOf(steps)
}

function textsOf(step: Step): Text[] {
  const own = [step.title, ...(step.text ?? [])]
  if (step.kind !== 'question') return own
  return [...own, ...step.choices.flatMap(choice => [choice.label, ...(choice.hint ? [choice.hint] : [])])]
}

function waysOf(steps: Map<string, Step>): string[] {
  const reached = new Set<string>()
  const visit = (id: string, way: string[]): string[] => {
    if (way.includes(id)) return [`${id}: reached again from itself`]
    if (reached.has(id)) return []
    reached.add(id)
    const step = steps.get(id)
    return step ? targets(step).flatMap(target => visit(target, [...way, id])) : []
  }
  const loops = visit('start', [])
  return [...loops, ...[...steps.keys()].filter(id => !reached.has(id)).map(id => `${id}: no way leads here`)]
}
