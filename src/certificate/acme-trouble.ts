import {Temporal} from 'temporal-polyfill'
import {Failure, Refusal} from '../error.ts'

/** What an authority said was wrong, as RFC 8555 §6.7 has it. */
export interface Problem {
  readonly type: string
  readonly detail: string
}

/** Thrown inside the library's talk: it would wait by itself, and nobody would know until when. */
export class Busy extends Error {
  readonly until: Temporal.Instant

  constructor(until: Temporal.Instant) {
    super('busy')
    this.until = until
  }
}

/** A problem is the whole answer, or stands in a challenge that failed. */
export function problemIn(data: unknown): Problem | undefined {
  const {type, detail, error} = (data ?? {}) as {type?: unknown; detail?: unknown; error?: unknown}
  if (typeof type === 'string' && type.startsWith(problems))
    return {type: type.slice(problems.length), detail: String(detail)}
  return error === undefined || error === null ? undefined : problemIn(error)
}

const problems = 'urn:ietf:params:acme:error:'

/** What is over with the next request, or is the authority's own trouble. */
const passing: readonly string[] = ['badNonce', 'serverInternal', 'rateLimited']

/** RFC 9110 §10.2.3: seconds or a date; an hour when it says nothing. */
export function retryAt(header: string, now = Temporal.Now.instant()): Temporal.Instant {
  if (/^\d+$/.test(header)) return now.add({seconds: Math.min(Number(header), 7 * 86_400)})
  const date = Date.parse(header)
  return Number.isNaN(date) ? now.add({hours: 1}) : Temporal.Instant.fromEpochMilliseconds(date)
}

interface About {
  readonly directory: string
  readonly hostname: string
}

/** What it means for us: ours to mend, theirs, or to be asked again later. */
export function named(cause: unknown, problem: Problem | undefined, {directory, hostname}: About): unknown {
  if (cause instanceof Refusal || cause instanceof Failure) return cause
  const facts = {authority: directory, hostname, ...(problem ? {problem} : {})}
  if (cause instanceof Busy) {
    const message = `The authority takes no more orders for ${hostname} before ${cause.until}.`
    return new Failure('authority-busy', message, {facts: {...facts, notBefore: cause.until.toString()}, cause})
  }
  if (problem && !passing.includes(problem.type)) {
    const message = `The authority gives no certificate for ${hostname}: ${problem.type}, ${problem.detail}`
    return new Refusal('authority-refused', message, {facts, cause, remedies: remedies[problem.type] ?? []})
  }
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure('authority-failed', `The authority at ${directory} did not answer as it should: ${why}.`, {
    facts,
    cause,
  })
}

const remedies: Readonly<Record<string, readonly string[]>> = {
  dns: ['Let the name point to the edges, then try again: selfhelp domain list'],
  connection: ['Let the name point to the edges, and port 80 be open to everyone.'],
  externalAccountRequired: ['selfhelp certificate authority set --directory URL --eab-kid KID --eab-key-stdin'],
  caa: ['The CAA record of the name forbids this authority: ask the customer to allow it.'],
}
