import {Secret} from '../../src/secret/secret.ts'

/** Wanted things as JSON keeps them: `{"secret": "…"}` stands for a secret. */
export function revived(want: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const one = (value: unknown) =>
    value instanceof Object && 'secret' in value && typeof value.secret === 'string' ? new Secret(value.secret) : value
  return Object.fromEntries(Object.entries(want).map(([name, value]) => [name, one(value)]))
}
