import type {Cell, View} from '../terminal/view.ts'
import type {WaveShown} from './wave.ts'

/** A row for each wave. */
export function waveRows(items: readonly WaveShown[]): View {
  return {
    heads: ['wave', 'to', 'state', 'batch', 'tenants', 'done', 'why'],
    rows: items.map(({id, version, state, batch, items: all, why}): Cell[] => [
      ...[id, version, stateCell(state)],
      ...[batch, all.length, all.filter(each => each.state === 'done').length, why],
    ]),
    empty: 'No wave: selfhelp migration wave create --to VERSION --tenants TENANT,…',
  }
}

/** One wave, tenant by tenant. */
export function waveView({id, version, state, why, batch, items}: WaveShown): View {
  return [
    {
      fields: {
        wave: id,
        to: version,
        state: stateCell(state),
        because: why,
        'batch whose turn it is': batch ?? 'all done',
      },
    },
    {
      heads: ['batch', 'tenant', 'migration', 'state'],
      rows: items.map((each): Cell[] => [each.batch, each.tenant, each.migration, each.state ?? 'not asked for yet']),
    },
  ]
}

function stateCell(state: WaveShown['state']): Cell {
  return {text: state, tone: state === 'running' ? 'good' : state === 'paused' ? 'warn' : 'bad'}
}
