import {CodedError} from '../error.ts'
import type {Check, Finding, Health, Patient} from './model.ts'

const answer = 'an answer'

/** Asks every check, all at once; one that cannot be asked is a difference itself. */
export async function examine(patient: Patient, checks: readonly Check[]): Promise<Health> {
  const found = await Promise.all(checks.map(check => asked(check, patient)))
  // What all checks need and is not there is said once.
  const unasked = new Set<string>()
  const items = found.flat().filter(({expected, found}) => {
    if (expected !== answer) return true
    const first = !unasked.has(found)
    unasked.add(found)
    return first
  })
  const count = (state: Finding['state']) => items.filter(each => each.state === state).length
  return {items, differences: count('difference'), warnings: count('warning')}
}

async function asked(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.run(patient)
  } catch (error) {
    if (!(error instanceof CodedError) || error.kind === 'bug') throw error
    const {message, remedies} = error
    const remedy = remedies[0]
    return [
      {
        ...{check: check.name, subject: check.name, state: 'difference', expected: answer, found: message},
        ...(remedy === undefined ? {} : {remedy}),
      },
    ]
  }
}
