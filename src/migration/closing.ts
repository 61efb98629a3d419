import {Temporal} from 'temporal-polyfill'
import {fullName, stateIn} from '../environment/model.ts'
import {lettingIn, opened, type StateOf, until} from '../environment/steps.ts'
import {putBanner} from '../ledger/environment.ts'
import type {At} from '../runbook/model.ts'
import type {Fact, Opening} from '../runbook/step.ts'
import {firstPage, type Seen, type Watch, watchOutside} from './outside.ts'
import type {Work} from './work.ts'

/** How long people are kept out at the most; then the services open by themselves. */
const closedAtMost = 'PT1H'

/** When each run kept people out, by its id: as we did it, and as a reader saw it. */
export type Closed = Readonly<Record<string, {readonly from: string; readonly to?: string; readonly seen?: Seen}>>

/** The two ends of the time in which people see a page, and what the services let in meanwhile. */
export interface Closing {
  readonly open: Opening
  readonly close: Fact
  readonly state: StateOf
}

export function closing(work: Work): Closing {
  const {platform, which, kept, input} = work
  const {clock, ledger} = platform
  const environments = async () => [await which()]
  const state: StateOf = async environment => ({
    ...stateIn(environment),
    mode: 'closed',
    until: String((await kept.detail()).closedUntil),
  })
  const shut = lettingIn(platform, environments, state)
  const open = opened(platform, environments)
  let watch: Watch | undefined
  const windows = async () => ((await kept.detail()).closed ?? {}) as Closed
  return {
    state,
    open: {
      atMost: closedAtMost,
      holds: at => shut.holds(at),
      make: async at => {
        const now = clock.now()
        watch ??= await watchOutside(platform, await which())
        const closedUntil = now.add(Temporal.Duration.from(closedAtMost)).round('second').toString()
        const known = await windows()
        const from = known[at.run]?.from ?? now.toString()
        await kept.keep({closedUntil, closed: {...known, [at.run]: {from}}})
        if (!(await shut.holds(at))) await shut.make(at)
        at.tell(`${fullName(await which())} is closed; at the latest it opens at ${closedUntil}`)
      },
    },
    close: {
      // Open is not enough: that people get their page, and since when, is known once it is written down.
      holds: async at => (await windows())[at.run]?.to !== undefined && (await open.holds(at)),
      make: async at => {
        // What was said ahead is over with it.
        if (input.name === 'production') await putBanner(ledger, input.id)
        if (!(await open.holds(at))) await open.make(at)
        await answers(work, at)
        const known = await windows()
        const seen = await watch?.stop()
        watch = undefined
        const from = known[at.run]?.from ?? clock.now().toString()
        const to = clock.now().toString()
        await kept.keep({closed: {...known, [at.run]: {from, to, ...(seen ? {seen} : {})}}})
      },
    },
  }
}

/** People get their first page, over the edge. */
async function answers({platform, which}: Work, at: At): Promise<void> {
  const question = await firstPage(platform, await which())
  await until(platform, {within: 30_000, every: 100, signal: at.signal}, async () => {
    const page = await platform.page(question).catch(() => undefined)
    if (page !== undefined && page.status < 400) return undefined
    return `https://${question.hostname}/ answers ${page?.status ?? 'nothing'} after it was opened.`
  })
}

/** Seconds people were kept out by a run, as a reader saw it; as we did it where nobody looked all the time. */
export function closedSeconds(closed: Closed | undefined, run: string): number | undefined {
  const one = closed?.[run]
  if (one?.to === undefined) return undefined
  const ours = (Date.parse(one.to) - Date.parse(one.from)) / 1000
  const {from, to} = one.seen ?? {}
  // A watch that began while it was closed has not seen all of it.
  const whole = from !== undefined && to !== undefined && Date.parse(from) - Date.parse(one.from) < 5000
  return whole ? (Date.parse(to) - Date.parse(from)) / 1000 : ours
}
