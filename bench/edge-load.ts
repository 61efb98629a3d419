import {Agent, request} from 'node:https'
import {setTimeout} from 'node:timers/promises'
import {connect} from 'node:tls'
import type {Side} from './pairs.ts'

/** How many requests were not answered 200. */
export interface Errors {
  count: number
}

/** Who is asked, and where what went wrong is counted. */
export interface Asking {
  readonly name: string
  readonly names: (n: number) => string
  readonly errors: Errors
}

/** Requests of one round: readers on connections of a hundred, one name each. */
export const requests = 30_000
export const readers = 20
const onOneConnection = 100

/** All requests of a round, as fast as they are answered. */
export function asking(address: string, {name, names, errors}: Asking): Side {
  return {
    name,
    async run() {
      let turn = 0
      const reader = async () => {
        while (turn < requests / onOneConnection)
          errors.count += await connected({address, servername: names(turn++), pause: 0})
      }
      const began = performance.now()
      await Promise.all(Array.from({length: readers}, reader))
      return performance.now() - began
    },
  }
}

interface Connected {
  readonly address: string
  readonly servername: string
  /** Milliseconds before each request. */
  readonly pause: number
}

/** A hundred requests on one connection; gives how many were not answered 200. */
export async function connected({address, servername, pause}: Connected): Promise<number> {
  const agent = new Agent({keepAlive: true, maxSockets: 1})
  let failed = 0
  for (let n = 0; n < onOneConnection; n++) {
    if (pause > 0) await setTimeout(pause)
    if ((await asked({address, servername, agent})) !== 200) failed += 1
  }
  agent.destroy()
  return failed
}

function asked({address, servername, agent}: Omit<Connected, 'pause'> & {agent: Agent}): Promise<number> {
  return new Promise(resolve => {
    const headers = {host: servername}
    const sent = request({host: address, servername, headers, agent, rejectUnauthorized: false, path: '/'}, answer => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', () => resolve(0))
    sent.end()
  })
}

/** True when a name is served with a certificate of its own. */
export function shakes(host: string, servername: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({host, port: 443, servername, rejectUnauthorized: false})
    socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('secureConnect', () => socket.destroy())
  })
}
