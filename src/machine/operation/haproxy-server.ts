import type {HaproxyServerWanted} from '../haproxy.ts'
import type {Operation} from '../model.ts'
import {said, saying, telling} from './haproxy.ts'

/** The server of a declared backend in the running HAProxy. A backend it does not know yet is for `haproxy-loaded`. */
export const haproxyServer: Operation<HaproxyServerWanted> = {
  kind: 'haproxy-server',
  title: want => `haproxy-server ${want.name}`,
  questions: ({name}) => [saying(`show servers state ${name}`)],
  compare(want, [answer]) {
    const have = serverFact(said(answer) ?? [])
    if (!have) return []
    const {name, address, port, absent} = want
    const server = `set server ${name}/${have.server}`
    const moved = !absent && (have.address !== address || have.port !== port)
    const commands: [string, string][] = [
      ...(moved ? [[`${server} addr ${address} port ${port}`, 'changed'] as [string, string]] : []),
      ...(have.closed === Boolean(absent)
        ? []
        : [[`${server} state ${absent ? 'maint' : 'ready'}`, '^$'] as [string, string]]),
    ]
    if (commands.length === 0) return []
    const what = [
      ...(moved ? [`${have.address}:${have.port} → ${address}:${port}`] : []),
      ...(absent ? ['close'] : have.closed ? ['open'] : []),
    ]
    return [{of: haproxyServer.title(want), what: what.join(', '), actions: [telling(...commands)]}]
  },
}

interface ServerFact {
  readonly server: string
  readonly address: string
  readonly port: number
  readonly closed: boolean
}

/** Maintenance forced, inherited, or of a name that is not resolved. */
const closedBits = 0x23

/** The first server of what `show servers state BACKEND` says, format 1. */
function serverFact(lines: readonly string[]): ServerFact | undefined {
  const fields = lines.find(line => /^\d+ \S+ \d+ /.test(line))?.split(' ')
  const [, , , server, address, , admin] = fields ?? []
  if (server === undefined || address === undefined) return undefined
  return {server, address, port: Number(fields?.[18]), closed: (Number(admin) & closedBits) !== 0}
}
