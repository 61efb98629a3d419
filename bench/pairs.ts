import {spawn} from 'node:child_process'
import {once} from 'node:events'

export interface Pair {
  readonly name: string
  readonly ours: Side
  readonly peer: Side
  /** Ours may take this many times as long as the peer. */
  readonly atMost: number
  /** Interleaved pairs; seven or more. */
  readonly pairs?: number
}

export interface Side {
  readonly name: string
  /** Does it once; gives milliseconds. */
  run(): Promise<number>
}

/** One line of the summary. */
export interface Compared {
  readonly name: string
  readonly measured: string
  readonly goal: string
  readonly verdict: 'met' | 'not met' | 'not distinguishable' | 'too few pairs'
}

/** Milliseconds; what takes so long says how far it is. */
const slow = 2000

/** Pairs that make a verdict. */
const enough = 7

/** Runs ours and the peer's in turn, each first every other time, and compares their medians. */
export async function compare({name, ours, peer, atMost, pairs = 9}: Pair): Promise<Compared> {
  const times: {ours: number[]; peer: number[]} = {ours: [], peer: []}
  // The first of each warms the disk's cache and is not counted.
  for (let pair = -1; pair < pairs; pair++) {
    const turn = [{side: ours, into: times.ours} as const, {side: peer, into: times.peer} as const]
    for (const {side, into} of pair % 2 === 0 ? turn : turn.toReversed()) {
      const milliseconds = await side.run()
      if (pair >= 0) into.push(milliseconds)
      if (milliseconds > slow)
        process.stderr.write(`    pair ${pair + 1}: ${side.name} ${milliseconds.toFixed(0)} ms\n`)
    }
  }
  const [mine, theirs] = [summary(times.ours), summary(times.peer)]
  const ratio = mine.median / theirs.median
  const margin = Math.abs(atMost * theirs.median - mine.median)
  const fuzzy = atMost * (theirs.upper - theirs.lower) > margin
  const verdict = pairs < enough ? 'too few pairs' : fuzzy ? 'not distinguishable' : ratio <= atMost ? 'met' : 'not met'
  const compared: Compared = {name, measured: `${ratio.toFixed(2)} ×`, goal: `${atMost.toFixed(2)} ×`, verdict}
  say(compared, [describe(ours.name, mine), `${describe(peer.name, theirs)}   ${pairs} pairs`])
  return compared
}

/** Runs ours alone against a goal in milliseconds; a goal inside its own spread is not decided. */
export async function within({
  name,
  ours,
  atMost,
  times,
}: Omit<Pair, 'peer' | 'pairs'> & {times: number}): Promise<Compared> {
  const taken: number[] = []
  for (let time = 0; time < times; time++) taken.push(await ours.run())
  const mine = summary(taken)
  const fuzzy = mine.lower <= atMost && mine.upper > atMost
  const verdict = fuzzy ? 'not distinguishable' : mine.median <= atMost ? 'met' : 'not met'
  const compared: Compared = {name, measured: `${mine.median.toFixed(0)} ms`, goal: `${atMost} ms`, verdict}
  say(compared, [`${describe(ours.name, mine)}   ${times} times`])
  return compared
}

function say({name, measured, goal, verdict}: Compared, lines: readonly string[]): void {
  console.log(`${name}: ${measured} (goal ≤ ${goal}): ${verdict}\n    ${lines.join('\n    ')}`)
}

/** A whole process, from start to exit; throws when it does not exit 0. */
export function program(name: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}): Side {
  const [file = '', ...words] = argv
  return {
    name,
    async run() {
      const began = performance.now()
      const child = spawn(file, words, {stdio: 'ignore', env: {...process.env, ...env}})
      const [exit] = await once(child, 'close')
      if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}`)
      return performance.now() - began
    },
  }
}

interface Summary {
  readonly median: number
  /** The middle half lies between these. */
  readonly lower: number
  readonly upper: number
  readonly least: number
  readonly most: number
}

function summary(times: readonly number[]): Summary {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  return {median: at(0.5), lower: at(0.25), upper: at(0.75), least: at(0), most: at(1)}
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return summary(values).median
}

function describe(name: string, {median, least, most, lower, upper}: Summary): string {
  const ms = (value: number) => value.toFixed(0)
  return `${name.padEnd(28)} ${ms(median).padStart(6)} ms  (${ms(least)}–${ms(most)}, middle half ${ms(lower)}–${ms(upper)})`
}
