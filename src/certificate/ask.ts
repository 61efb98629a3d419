import type {Ask} from './revocation.ts'

const within = 10_000
const largest = 20 * 1_048_576

/** Asks with Node's own http; at most ten seconds and twenty megabytes an answer. */
export const askOverHttp: Ask = async (url, body) => {
  const post = body && {method: 'POST', headers: {'content-type': body.type}, body: new Uint8Array(body.bytes)}
  const answer = await fetch(url, {...post, redirect: 'error', signal: AbortSignal.timeout(within)})
  if (answer.status !== 200) throw new Error(`it answered ${answer.status}`)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    parts.push(part)
    size += part.length
    if (size > largest) throw new Error(`its answer is larger than ${largest} bytes`)
  }
  return Buffer.concat(parts)
}
