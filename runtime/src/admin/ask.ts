import {request} from 'node:http'
import {text} from 'node:stream/consumers'
import type {Config} from '../config.ts'

/**
 * Asks the admin listener of the running process, so that a machine needs no other HTTP client: the body of a POST
 * comes on stdin, the answer goes to stdout. Promises 0 for an answer below 400, 3 for another, 1 for none.
 */
export async function ask({admin}: Config, {method, path}: {method: string; path: string}): Promise<number> {
  const body = method === 'GET' || process.stdin.isTTY ? '' : await text(process.stdin)
  const where = 'socket' in admin ? {socketPath: admin.socket} : {host: admin.address, port: admin.port}
  const headers = 'socket' in admin ? {} : {authorization: `Bearer ${admin.token}`}
  return await new Promise(resolve => {
    const sent = request({...where, method, path, headers}, answer => {
      answer.pipe(process.stdout)
      answer.on('end', () => resolve((answer.statusCode ?? 500) < 400 ? 0 : 3))
      answer.on('error', () => resolve(1))
    })
    sent.on('error', error => {
      process.stderr.write(`the runtime does not answer: ${error.message}\n`)
      resolve(1)
    })
    sent.end(body)
  })
}
