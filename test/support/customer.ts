import {readFileSync} from 'node:fs'
import {type RequestOptions, request} from 'node:https'

interface Chosen {
  /** The one-time link. */
  readonly link: string
  readonly password: string
  /** Of the edge. */
  readonly address: string
  readonly caFile: string
}

/** A customer opens the link of the connection document and chooses a password; returns the session's cookie. */
export async function setPassword({link, password, address, caFile}: Chosen): Promise<string> {
  const {hostname, pathname} = new URL(link)
  const options: RequestOptions = {host: address, servername: hostname, path: pathname, ca: readFileSync(caFile)}
  const headers = {host: hostname, origin: `https://${hostname}`, 'sec-fetch-site': 'same-origin'}
  const looked = await answered({...options, headers})
  if (looked.status !== 200) throw new Error(`the link answers ${looked.status}: ${looked.body.slice(0, 300)}`)
  const body = new URLSearchParams({password, repeated: password}).toString()
  const type = {'content-type': 'application/x-www-form-urlencoded'}
  const sent = await answered({...options, method: 'POST', headers: {...headers, ...type}}, body)
  const cookie = /=([^;]+)/.exec(sent.cookie)?.[1]
  if (sent.status !== 303 || !cookie) throw new Error(`choosing a password answers ${sent.status}: ${sent.body}`)
  return cookie
}

/** What a reader gets at this address of an environment. */
export function visited({url, address, caFile}: {url: string; address: string; caFile: string}) {
  const {hostname, pathname} = new URL(url)
  const [headers, ca] = [{host: hostname}, readFileSync(caFile)]
  return answered({host: address, servername: hostname, path: pathname, ca, headers, timeout: 10_000})
}

function answered(options: RequestOptions, body = ''): Promise<{status: number; body: string; cookie: string}> {
  const {promise, resolve, reject} = Promise.withResolvers<{status: number; body: string; cookie: string}>()
  const asking = request(options, answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    answer.on('end', () =>
      resolve({status: answer.statusCode ?? 0, body: text, cookie: answer.headers['set-cookie']?.join() ?? ''}),
    )
  })
  asking.on('error', reject).end(body)
  return promise
}
