/** What a machine said is no answer to what it was asked. Whoever knows the machine's name makes a `Failure` of it. */
export class Unreadable extends Error {}

/** What was said, if it has the form of what was asked for, else `Unreadable`. */
export function wellFormed(text: string | undefined, form: RegExp, what: string): string {
  if (text !== undefined && form.test(text)) return text
  throw new Unreadable(`${what} cannot be ${JSON.stringify(text?.slice(0, 80) ?? '')}`)
}
