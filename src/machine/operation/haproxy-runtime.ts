import type {HaproxyLoadedWanted, HaproxyRuntimeWanted} from '../haproxy.ts'
import type {Action, Operation} from '../model.ts'
import {said, saying} from './haproxy.ts'

const reload: Action = {act: 'units', args: ['reload', 'haproxy.service'], shared: true}

/** Backends that a reload only can bring: the pool had none left, or was not loaded yet. */
export const haproxyLoaded: Operation<HaproxyLoadedWanted> = {
  kind: 'haproxy-loaded',
  title: want => `haproxy-loaded ${want.name}`,
  questions: ({backends}) => backends.map(name => saying(`show servers state ${name}`)),
  compare(want, answers) {
    const missing = want.backends.filter((_, n) => said(answers[n])?.some(line => line.includes("Can't find backend")))
    if (want.absent || missing.length === 0) return []
    return [{of: haproxyLoaded.title(want), what: `reload for ${missing.join(', ')}`, actions: [reload]}]
  },
}

/** Everything that runs compared with everything that would be started from. */
export const haproxyRuntime: Operation<HaproxyRuntimeWanted> = {
  kind: 'haproxy-runtime',
  title: want => `haproxy-runtime ${want.name}`,
  questions: ({map, crtList, backends}) => [{ask: 'haproxy_differences', args: [map, crtList, backends]}],
  compare(want, [answer]) {
    const lines = said(answer)?.filter(line => line !== '') ?? []
    if (want.absent || lines.length === 0) return []
    const more = lines.length > 3 ? `; and ${lines.length - 3} more` : ''
    return [{of: haproxyRuntime.title(want), what: `reload: ${lines.slice(0, 3).join('; ')}${more}`, actions: [reload]}]
  },
}
