import type {View} from '../terminal/view.ts'
import type {Probe} from './model.ts'

/** Probe points as rows. */
export function probeRows(items: readonly Probe[]): View {
  return {
    heads: ['probe', 'by', 'where'],
    rows: items.map(probe => [probe.name, probe.kind, probe.kind === 'netns' ? probe.target.netns : probe.target.ssh]),
    empty: 'No probe point yet: selfhelp probe add NAME --netns NAME',
  }
}

/** What adding did, or would do. */
export function probeAdded({probe, changed}: {probe: Probe; changed: boolean}, plan: boolean): View {
  if (!changed) return `probe ${probe.name} is as it was`
  return plan ? `probe ${probe.name} would be recorded` : `probe ${probe.name} is recorded`
}
