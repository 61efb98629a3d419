import {type Code, codes, type Kind, Refusal} from '../error.ts'

/** One row of the table of errors. */
export interface Explained {
  readonly code: string
  readonly kind: Kind
  readonly exit: number
  readonly means: string
}

/** The row of a code, or all rows. Throws `Refusal` for a code that is not in the table. */
export function explain(code?: string): {items: readonly Explained[]} {
  if (code === undefined) return {items: (Object.keys(codes) as Code[]).map(rowOf)}
  if (!Object.hasOwn(codes, code)) {
    throw new Refusal('not-found', `There is no error code ${JSON.stringify(code)}.`, {remedies: ['selfhelp explain']})
  }
  return {items: [rowOf(code as Code)]}
}

function rowOf(code: Code): Explained {
  return {code, ...codes[code]}
}
