import {z} from 'zod'

/** A document while it is checked, whatever it is yet. */
export type Checked = z.core.ParsePayload<unknown>

/** Runs whatever the other fields are like, so that all problems come at once; so it takes nothing for granted. */
export function across(rule: (checked: Checked) => void): z.core.$ZodCheck<unknown> {
  const check = new z.core.$ZodCheck({check: 'custom', when: () => true}) as z.core.$ZodCheck<unknown>
  check._zod.check = rule
  return check
}

/** The value as a mapping; an empty one for anything else. */
export function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** What is wrong at a place, with what was expected and what to do. */
export function spanning(path: PropertyKey[], expected: string, remedy: string): z.core.$ZodRawIssue {
  return {code: 'custom', input: undefined, path, message: expected, params: {expected, remedy}}
}
