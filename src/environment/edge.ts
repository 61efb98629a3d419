import {edgeAssembled, edgeUnit} from '../host/steps.ts'
import type {FileWanted, Wanted} from '../machine/model.ts'
import {render} from '../render/render.ts'
import type {Secret} from '../secret/secret.ts'
import {type Environment, fullName} from './model.ts'
import {at} from './place.ts'
import {faces} from './wanted.ts'

/** Chain and key of one name, as HAProxy reads them: one file. */
export interface Served {
  readonly hostname: string
  readonly pem: Secret<string>
}

/**
 * Its names at the edge: each file is valid at every moment, so that environments may change at once: the certificate
 * before the list that names it, the backend before the map that points to it, the reload last.
 */
export function served(environment: Environment, certificates: readonly Served[]): readonly Wanted[] {
  const {id, hostnames, ports} = environment
  const servers = faces.map(role => ({role, address: '127.0.0.1', port: ports[role]}))
  const backend = render('etc/haproxy/selfhelp/backend.d/environment.cfg', {id, name: fullName(environment), servers})
  const lines = (line: (face: (typeof faces)[number]) => string) => faces.map(face => `${line(face)}\n`).join('')
  return [
    ...certificates.map(({hostname, pem}) => file(at.edgeCertificate(hostname), pem, '0600')),
    file(at.edgeBackend(id), backend),
    file(
      at.edgeList(id),
      lines(face => `${at.edgeCertificate(hostnames[face])} ${hostnames[face]}`),
    ),
    file(
      at.edgeHosts(id),
      lines(face => `${hostnames[face]} ${id}-${face}`),
    ),
    ...edgeAssembled,
    edgeUnit,
  ]
}

/** Its names gone from the edge; afterwards its certificates can go too. */
export function unserved({id}: Environment): readonly Wanted[] {
  const parts = [at.edgeHosts(id), at.edgeList(id), at.edgeBackend(id)]
  return [...parts.map(absent), ...edgeAssembled, edgeUnit]
}

/** Its certificates gone; in an exchange of its own, because the edge must have forgotten them before. */
export function uncertified({hostnames}: Environment): readonly Wanted[] {
  return faces.map(face => absent(at.edgeCertificate(hostnames[face])))
}

function absent(path: string): FileWanted {
  return {...file(path, ''), absent: true}
}

function file(path: string, content: string | Secret<string>, mode = '0644'): FileWanted {
  return {kind: 'file', path, content, owner: 'root', group: 'root', mode}
}
