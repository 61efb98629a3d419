import {
  type Behind,
  backendFile,
  backendName,
  certificateCheck,
  edgeAssembled,
  edgeFiles,
  edgeUnit,
  freeBackend,
  usedBackend,
} from '../host/steps.ts'
import type {HaproxyEntryWanted, HaproxyServerWanted, Staple} from '../machine/haproxy.ts'
import type {FileWanted, Wanted} from '../machine/model.ts'
import {Secret} from '../secret/secret.ts'
import {addressOf, type Environment, fullName, hostOf} from './model.ts'
import {at} from './place.ts'
import {type Face, faces} from './wanted.ts'

/** Chain and key of one name, as HAProxy reads them: one file. */
export interface Served {
  readonly hostname: string
  readonly pem: Secret<string>
  /** What its responder says, while that counts. */
  readonly staple?: Staple | undefined
}

/**
 * Its names at an edge: first the running HAProxy, which serves them from then on, then the files it will start from. Each
 * is valid at every moment, so that environments may change at once: the certificate before the list that names it, the
 * server before the map that points to it.
 */
export function served(environment: Environment, certificates: readonly Served[], edge: string): readonly Wanted[] {
  const {id} = environment
  const known = new Set(certificates.map(({hostname}) => hostname))
  const names = namesOf(environment).filter(({hostname}) => known.has(hostname))
  const backends = faces.map(face => ({face, ...behindOf(environment, face, edge)}))
  const lines = (line: (name: Name) => string) => names.map(name => `${line(name)}\n`).join('')
  const backendOf = ({face}: Name) => backendName(behindOf(environment, face, edge))
  return [
    ...certificates.map(certificate),
    ...names.map(({hostname}) => listed(hostname)),
    ...backends.map(server),
    ...names.map(name => mapped(name.hostname, backendOf(name))),
    ...backends.map(({face, ...behind}) =>
      file(backendFile(behind), usedBackend(behind, `${fullName(environment)} ${face}`)),
    ),
    file(
      at.edgeList(id),
      lines(({hostname}) => `${at.edgeCertificate(hostname)} ${hostname}`),
    ),
    file(
      at.edgeHosts(id),
      lines(name => `${name.hostname} ${backendOf(name)}`),
    ),
    ...edgeAssembled,
    {kind: 'haproxy-loaded', name: id, backends: backends.map(backendName)},
    edgeUnit,
  ]
}

/** Its names gone from an edge, then what they pointed to, then its certificates; its backends are free again. */
export function unserved(environment: Environment, edge: string): readonly Wanted[] {
  const {id} = environment
  const backends = faces.map(face => behindOf(environment, face, edge))
  const names = namesOf(environment)
  return [
    ...names.map(({hostname}) => ({...mapped(hostname, ''), absent: true})),
    ...names.map(({hostname}) => ({...listed(hostname), absent: true})),
    ...backends.map(behind => ({...server(behind), absent: true})),
    ...[at.edgeHosts(id), at.edgeList(id)].map(absent),
    ...backends.map(behind => file(backendFile(behind), freeBackend(behind))),
    ...edgeAssembled,
    ...names.map(({hostname}) => stagedNoMore(hostname)),
    ...names.map(({hostname}) => ({...forgotten(hostname), absent: true})),
    edgeUnit,
  ]
}

interface Name {
  readonly hostname: string
  readonly face: Face
}

/** Each name it answers to: ours, and the customer's own. */
export function namesOf({hostnames, domains}: Pick<Environment, 'hostnames' | 'domains'>): readonly Name[] {
  return [...faces.map(face => ({hostname: hostnames[face], face})), ...domains]
}

function behindOf(environment: Environment, face: Face, edge: string): Behind & {port: number} {
  const host = hostOf(environment, face)
  const address = host === edge ? '127.0.0.1' : addressOf(environment, host)
  return {host, address, port: environment.ports[face]}
}

/** A certificate beside those that are served: HAProxy itself has judged it, and nobody gets it yet. */
export function stagedCertificate({hostname, pem}: Served): Wanted {
  const owned = {owner: 'root', group: 'root', mode: '0600'}
  return {kind: 'file', path: at.edgeStaged(hostname), content: pem, ...owned, check: certificateCheck}
}

/** It was needed only until it is served. */
export function stagedNoMore(hostname: string): Wanted {
  return absent(at.edgeStaged(hostname))
}

/** A name gone from an edge; its environment's other names stay, and its files no longer have it. */
export function withdrawn(hostname: string): readonly Wanted[] {
  return [
    {...mapped(hostname, ''), absent: true},
    {...listed(hostname), absent: true},
    stagedNoMore(hostname),
    {...forgotten(hostname), absent: true},
  ]
}

/** A certificate that an edge serves; HAProxy has judged it before. */
function certificate({hostname, pem, staple}: Served): Wanted {
  const path = at.edgeCertificate(hostname)
  return {kind: 'haproxy-certificate', path, pem, ...(staple ? {staple} : {}), check: certificateCheck}
}

const forgotten = (hostname: string) => certificate({hostname, pem: new Secret('')})

function listed(hostname: string): HaproxyEntryWanted {
  return {
    kind: 'haproxy-entry',
    list: 'crt-list',
    path: edgeFiles.crtList,
    key: hostname,
    value: at.edgeCertificate(hostname),
  }
}

function mapped(hostname: string, backend: string): HaproxyEntryWanted {
  return {kind: 'haproxy-entry', list: 'map', path: edgeFiles.map, key: hostname, value: backend}
}

function server(behind: Behind & {port: number}): HaproxyServerWanted {
  return {kind: 'haproxy-server', name: backendName(behind), address: behind.address, port: behind.port}
}

function absent(path: string): FileWanted {
  return {...file(path, ''), absent: true}
}

function file(path: string, content: string): FileWanted {
  return {kind: 'file', path, content, owner: 'root', group: 'root', mode: '0644'}
}
