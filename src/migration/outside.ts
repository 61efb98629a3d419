import {Temporal} from 'temporal-polyfill'
import type {Environment} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {servedCertificate} from '../ledger/certificate-life.ts'

/** What a reader saw who asked ten times a second. */
export interface Seen {
  readonly requests: number
  readonly refused: number
  /** The first and the last that was not answered with a page of theirs. */
  readonly from?: string
  readonly to?: string
}

export interface Watch {
  /** Nothing is asked any more; what was seen. */
  stop(): Promise<Seen>
}

const every = 100
const atOnce = 20
const longest = 2 * 3_600_000

/** Asks the first page from outside, over the edge, ten times a second until it is stopped. */
export async function watchOutside(platform: Platform, environment: Environment): Promise<Watch> {
  const question = await firstPage(platform, environment)
  const asked = new Set<Promise<void>>()
  const times: number[] = []
  let requests = 0
  const ask = async () => {
    const at = clock.now().epochMilliseconds
    requests++
    const good = await platform.page(question).then(
      ({status}) => status >= 200 && status < 400,
      () => false,
    )
    if (!good) times.push(at)
  }
  const {clock} = platform
  const last = clock.now().epochMilliseconds + longest
  const timer = setInterval(() => {
    // A run that was stopped has left nobody who would end it.
    if (clock.now().epochMilliseconds > last) clearInterval(timer)
    if (asked.size >= atOnce) return
    const one = ask().finally(() => asked.delete(one))
    asked.add(one)
  }, every).unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(asked)
      const [from, to] = [Math.min(...times), Math.max(...times) + every]
      const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString()
      return {requests, refused: times.length, ...(times.length > 0 ? {from: instant(from), to: instant(to)} : {})}
    },
  }
}

/** Its first page, as a reader's browser asks for it. */
export async function firstPage(platform: Platform, {hostnames, address}: Environment) {
  const hostname = hostnames.presentation
  const own = await servedCertificate(platform.ledger, hostname)
  const ca = own === undefined || own.source === 'internal' ? (await platform.authority()).certificate : own.chain
  return {hostname, address, ca}
}
