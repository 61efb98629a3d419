import {request} from 'node:https'
import {Failure} from '../error.ts'

export interface PageQuestion {
  readonly hostname: string
  /** Of the edge; no resolver is asked. */
  readonly address: string
  /** PEM; nothing else is trusted. */
  readonly ca: string
}

export interface Page {
  readonly status: number
  readonly body: string
}

/** A customer's chain ends below a root we do not have. */
const partial = {allowPartialTrustChain: true} as const

/** The first page of a name as a browser would get it: real TLS to the edge's address. Throws `Failure('page-unreachable')`. */
export function pageOver({hostname, address, ca}: PageQuestion): Promise<Page> {
  return new Promise((resolve, reject) => {
    const lost = (cause: unknown) => reject(unreachable(hostname, address, cause))
    const options = {
      host: address,
      servername: hostname,
      ca,
      headers: {host: hostname},
      agent: false,
      ...partial,
    } as const
    const asked = request({...options, path: '/', signal: AbortSignal.timeout(5_000)}, answer => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', part => {
        body += part
      })
      answer.on('end', () => resolve({status: answer.statusCode ?? 0, body}))
      answer.on('error', lost)
    })
    asked.on('error', lost)
    asked.end()
  })
}

function unreachable(hostname: string, address: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure('page-unreachable', `https://${hostname}/ at ${address} does not answer: ${why}.`, {
    facts: {hostname, address},
    cause,
  })
}
