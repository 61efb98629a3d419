import type {View} from '../cli/view.ts'
import type {Explained} from './explain.ts'

/** A row per code. */
export function codeRows(rows: readonly Explained[]): View {
  return {
    heads: ['code', 'kind', 'exit', 'means'],
    rows: rows.map(({code, kind, exit, means}) => [code, kind, exit, means]),
  }
}
