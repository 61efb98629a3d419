import type {HaproxyRuntimeWanted, HaproxyTicketsWanted} from '../machine/haproxy.ts'
import type {AssemblyWanted, UnitWanted, Wanted} from '../machine/model.ts'
import {render} from '../render/render.ts'

const folder = '/etc/haproxy/selfhelp'

/** Where an environment leaves its part of an edge, each a file; a certificate of the crt-list is a file of `certificates`. */
export const edgeFolders = {
  /** Lines `host name, backend` of the map, named by the environment's id. */
  hosts: `${folder}/host.d`,
  certificates: `${folder}/cert`,
  /** Certificates that are checked and not yet served. */
  staged: `${folder}/staged`,
  /** Lines of the crt-list, named by the environment's id. */
  crtList: `${folder}/crt.d`,
  /** Backend sections, free ones too. */
  backends: `${folder}/backend.d`,
} as const

/** What HAProxy reads of all environments together. */
export const edgeFiles = {
  map: `${folder}/hosts.map`,
  crtList: `${folder}/crt-list`,
  backends: `${folder}/backends.cfg`,
  /** Keys that session tickets are sealed with; they never leave the edge. */
  tickets: `${folder}/ticket-keys`,
  /** What an authority may ask for; only the running process knows entries. */
  acme: `${folder}/acme.map`,
} as const

/** HAProxy's own judgement of a certificate with its key; `{}` is the file. */
export const certificateCheck = [
  'env',
  'CERTIFICATE={}',
  'haproxy',
  '-c',
  '-q',
  '-f',
  `${folder}/check-certificate.cfg`,
]

/** What an edge starts from: put together from all environments' parts. */
export const edgeAssembled: readonly Wanted[] = [
  assembled(edgeFiles.map, edgeFolders.hosts),
  assembled(edgeFiles.crtList, edgeFolders.crtList),
  {
    ...assembled(edgeFiles.backends, edgeFolders.backends),
    check: ['haproxy', '-c', '-q', '-f', `${folder}/check.cfg`, '-f', '{}'],
  },
]

/** The edge's service. Parts of environments reach it while it runs; only its own files are reloaded. */
export const edgeUnit: UnitWanted = {
  kind: 'unit',
  name: 'haproxy.service',
  enabled: true,
  running: true,
  shared: true,
  restartAfter: ['/etc/default/haproxy'],
  reloadAfter: ['/etc/haproxy/haproxy.cfg'],
}

/** Keys of session tickets, there before HAProxy is to read them. */
export const edgeTickets: HaproxyTicketsWanted = {kind: 'haproxy-tickets', path: edgeFiles.tickets}

/** The running edge is as its files say. */
export const edgeRuntime: HaproxyRuntimeWanted = {
  kind: 'haproxy-runtime',
  name: 'haproxy.service',
  map: edgeFiles.map,
  crtList: edgeFiles.crtList,
  backends: edgeFiles.backends,
}

/** Where a service listens, as an edge names its backend: known beforehand, because HAProxy cannot add backends while it runs. */
export interface Behind {
  readonly host: string
  /** As seen from the edge. */
  readonly address: string
  readonly port: number | string
}

export const backendName = ({host, port}: Pick<Behind, 'host' | 'port'>): string => `${host}:${port}`

/** The file of a backend. */
export const backendFile = (at: Pick<Behind, 'host' | 'port'>): string =>
  `${edgeFolders.backends}/${backendName(at)}.cfg`

/** The section of a backend that nobody uses yet, or any more. */
export function freeBackend(at: Behind): string {
  return render('etc/haproxy/selfhelp/backend.d/backend.cfg', {...at, use: 'free', closed: true})
}

/** The section of a backend in use. */
export function usedBackend(at: Behind, use: string): string {
  return render('etc/haproxy/selfhelp/backend.d/backend.cfg', {...at, use, closed: false})
}

function assembled(path: string, from: string): AssemblyWanted {
  return {kind: 'assembly', path, from, owner: 'root', group: 'root', mode: '0644'}
}
