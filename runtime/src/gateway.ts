import {request as requestHttp} from 'node:http'
import {request as requestHttps} from 'node:https'
import {log} from './log.ts'
import type {State} from './state.ts'

export interface Outgoing {
  readonly url: URL
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

export interface Incoming {
  readonly status: number
  readonly body: string
}

/** This copy is neutralised: nothing may leave it. */
export class OutgoingRefused extends Error {}

const mostBytes = 1_048_576

/**
 * The only way out of the runtime: no other file opens a connection to anything but its database.
 * Throws `OutgoingRefused` while the state says neutralised, before a name is even looked up.
 */
export function openGateway(state: () => State): (call: Outgoing) => Promise<Incoming> {
  return async call => {
    if (state().neutralised) {
      log('warn', 'outgoing-call-refused', {host: call.url.host})
      throw new OutgoingRefused(`this environment is neutralised: no call to ${call.url.host} was made`)
    }
    return await send(call)
  }
}

// node:http and not fetch: fetch needs WebAssembly, which `node --jitless` does not have.
function send(call: Outgoing): Promise<Incoming> {
  const start = call.url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = start(
      call.url,
      {method: call.method ?? 'GET', headers: {...call.headers}, signal: AbortSignal.timeout(call.timeoutMs ?? 10_000)},
      answer => {
        const parts: Buffer[] = []
        let bytes = 0
        answer.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes > mostBytes) sent.destroy(new Error(`more than ${mostBytes} bytes from ${call.url.host}`))
          else parts.push(part)
        })
        answer.on('end', () => resolve({status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8')}))
        answer.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(call.body)
  })
}
