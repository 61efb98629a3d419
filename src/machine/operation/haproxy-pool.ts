import type {HaproxyPoolWanted} from '../haproxy.ts'
import type {Operation} from '../model.ts'

/** Free backends declared beforehand; filled up again when few are left, so that one tenant more is no difference. */
export const haproxyPool: Operation<HaproxyPoolWanted> = {
  kind: 'haproxy-pool',
  title: want => `haproxy-pool ${want.name}`,
  path: want => `${want.folder}/${want.name}`,
  questions: ({folder, host}) => [{ask: 'haproxy_pool', args: [folder, host]}],
  compare(want, [answer]) {
    const {folder, host, ports, free, template} = want
    const found = (answer?.out ?? '').split('\n').flatMap(line => {
      const [state = '', port] = line.split(' ')
      return port === undefined ? [] : [{state, port: Number(port)}]
    })
    const ours = found.filter(({port}) => port >= ports[0] && port <= ports[1])
    const left = ours.filter(({state}) => state === 'free').length
    if (want.absent || left >= free.least) return []
    const taken = new Set(ours.map(({port}) => port))
    const fresh: string[] = []
    for (let port = ports[0]; port <= ports[1] && fresh.length < free.most - left; port++)
      if (!taken.has(port)) fresh.push(String(port))
    const actions = [{act: 'haproxy_pool', args: [folder, host, ...fresh], input: template, shared: true}]
    return [{of: haproxyPool.title(want), what: `${fresh.length} free backends more`, actions}]
  },
}
