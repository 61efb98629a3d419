import type {View} from '../terminal/view.ts'
import type {PolicyShown} from './list.ts'

/** Policies as rows. */
export function policyRows(items: readonly PolicyShown[]): View {
  return {
    heads: ['policy', 'served', 'protocols', 'suites of TLS 1.2', 'source', 'taken over'],
    rows: items.map(({name, served, protocols, suites12, source, taken}) => [
      ...[
        name,
        served ? ({text: 'yes', tone: 'good'} as const) : 'no',
        protocols.join(' '),
        suites12.length,
        source,
        taken,
      ],
    ]),
  }
}

/** One policy, property by property. */
export function policyFields(shown: PolicyShown): View {
  const {name, served, source, link, taken, protocols, suites12, suites13, groups, haproxy, hsts, preferServer} = shown
  return {
    fields: {
      ...{policy: name, served: served ? 'yes' : 'no', source, link, 'taken over': taken},
      protocols: protocols.join(' '),
      'suites of TLS 1.3': suites13.join(' '),
      'suites of TLS 1.2': suites12.length === 0 ? undefined : suites12.join(' '),
      groups: groups.join(' '),
      'groups edges know': haproxy.curves.replaceAll(':', ' '),
      'who chooses': preferServer ? 'the edge' : 'the client',
      HSTS: `${hsts} s`,
    },
  }
}
