import type {View} from '../terminal/view.ts'
import type {Explained} from './explain.ts'

/** A row per code; one alone in full. */
export function codeRows(rows: readonly Explained[]): View {
  const [only, ...others] = rows
  if (only && others.length === 0) return {fields: {...only}}
  return {
    heads: ['code', 'kind', 'exit', 'means'],
    rows: rows.map(({code, kind, exit, means}) => [code, kind, exit, means]),
  }
}
