import type {View} from '../cli/view.ts'
import type {Probe} from './model.ts'

/** Probe points as rows. */
export function probeRows(items: readonly Probe[]): View {
  return {
    heads: ['probe', 'by', 'where'],
    rows: items.map(probe => [probe.name, probe.kind, probe.kind === 'netns' ? probe.target.netns : probe.target.ssh]),
    empty: 'No probe point yet: selfhelp probe add NAME --netns NAME',
  }
}
