import type {Contract} from './model.ts'

/** One field that is not as it was; undefined where it is not there. */
export interface Difference {
  /** `sites.primary`, `contacts.jdoe.email` */
  readonly field: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What differs between two contracts, field by field, in the order of the file; contacts are told apart by their ids. */
export function differences(before: Contract, after: Contract): readonly Difference[] {
  const [was, is] = [leaves(named(before)), leaves(named(after))]
  const fields = [...new Set([...is.keys(), ...was.keys()])]
  return fields
    .filter(field => was.get(field) !== is.get(field))
    .map(field => ({field, before: was.get(field), after: is.get(field)}))
}

/** A contact that moves in the list is the same contact. */
function named({contacts, ...rest}: Contract): object {
  const byId = contacts.map(({id, ...contact}) => [id, contact])
  return {...rest, contacts: Object.fromEntries(byId)}
}

function leaves(value: unknown, path = ''): Map<string, string> {
  if (value === undefined) return new Map()
  if (Array.isArray(value)) return new Map([[path, value.join(', ')]])
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]])
  const inside = Object.entries(value).map(([key, one]) => leaves(one, path === '' ? key : `${path}.${key}`))
  return new Map(inside.flatMap(each => [...each]))
}
