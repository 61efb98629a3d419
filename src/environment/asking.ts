import type {Question} from '../machine/model.ts'
import {program} from '../render/render.ts'
import type {Environment} from './model.ts'
import {at} from './place.ts'
import {type Face, faces} from './wanted.ts'

/** Asks whether all of its services on this host are ready, and waits for them that many seconds on the host itself. */
export function readiness({id}: Environment, seconds: number): Question {
  return {
    ask: 'run_as',
    args: [id, 'perl', '-e', program('ready.pl'), `${seconds}`, ...faces.map(face => at.adminSocket(id, face))],
  }
}

/**
 * User and command line, for `run_as`, that ask a service's admin listener; a body comes on stdin. As its own user:
 * the socket's folder is the service's, and root would follow a link in it to another customer's socket.
 */
export function asking({id}: Environment, face: Face, request: readonly [string, string]): readonly string[] {
  return [id, 'perl', '-e', program('ask.pl'), at.adminSocket(id, face), ...request]
}
