import type {Choice, Procedure, Step} from './procedure.ts'

/** Answers by the name of the step they were given at. */
export type Answers = Readonly<Record<string, string>>

/** One step somebody has been through or stands at. */
export interface Passed {
  readonly id: string
  readonly step: Step
  readonly choice?: Choice
}

/** The way from Start that the answers lead, up to `target`, or to the first step without an answer. */
export function walk(procedure: Procedure, answers: Answers, target: string): Passed[] {
  const way: Passed[] = []
  let id: string | undefined = 'start'
  while (id !== undefined) {
    const step: Step | undefined = procedure.steps[id]
    if (!step) break
    const choice: Choice | undefined =
      step.kind === 'question' ? step.choices.find(one => one.id === answers[id as string]) : undefined
    way.push({id, step, ...(choice ? {choice} : {})})
    if (id === target) break
    id = following(step, choice)
  }
  return way
}

/** Keeps of a query only what answers a question of the procedure: nothing else is ever carried along. */
export function answersIn(procedure: Procedure, query: URLSearchParams): Answers {
  const kept: Record<string, string> = {}
  for (const [id, step] of Object.entries(procedure.steps)) {
    const given = query.get(id)
    if (step.kind === 'question' && step.choices.some(choice => choice.id === given)) kept[id] = given as string
  }
  return kept
}

function following(step: Step, choice: Choice | undefined): string | undefined {
  if (step.kind === 'end') return undefined
  return step.kind === 'question' ? choice?.to : step.to
}
