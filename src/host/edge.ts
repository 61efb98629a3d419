import type {AssemblyWanted, UnitWanted, Wanted} from '../machine/model.ts'

/**
 * Where an environment leaves its part of an edge, each a file named by the environment's id (backends with `.cfg`).
 * A certificate of the crt-list is a file of `certificates`.
 */
export const edgeFolders = {
  /** Lines `host name, backend` of the map. */
  hosts: '/etc/haproxy/selfhelp/host.d',
  /** Lines of the crt-list. */
  certificates: '/etc/haproxy/selfhelp/cert',
  crtList: '/etc/haproxy/selfhelp/crt.d',
  /** Backend sections. */
  backends: '/etc/haproxy/selfhelp/backend.d',
} as const

/** What an edge runs on: put together from all environments' parts, then loaded without a broken connection. */
export const edgeAssembled: readonly Wanted[] = [
  assembled('/etc/haproxy/selfhelp/hosts.map', edgeFolders.hosts),
  assembled('/etc/haproxy/selfhelp/crt-list', edgeFolders.crtList),
  {
    ...assembled('/etc/haproxy/selfhelp/backends.cfg', edgeFolders.backends),
    check: ['haproxy', '-c', '-q', '-f', '/etc/haproxy/haproxy.cfg', '-f', '{}'],
  },
]

/** The edge's service; it has loaded every file it was put together from. */
export const edgeUnit: UnitWanted = {
  kind: 'unit',
  name: 'haproxy.service',
  enabled: true,
  running: true,
  shared: true,
  restartAfter: ['/etc/default/haproxy'],
  reloadAfter: [
    '/etc/haproxy/haproxy.cfg',
    '/etc/haproxy/selfhelp/hosts.map',
    '/etc/haproxy/selfhelp/crt-list',
    '/etc/haproxy/selfhelp/backends.cfg',
  ],
}

function assembled(path: string, from: string): AssemblyWanted {
  return {kind: 'assembly', path, from, owner: 'root', group: 'root', mode: '0644'}
}
