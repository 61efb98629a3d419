import type {Death} from './crash.ts'

/** `SELFHELP_SEED` makes a crash journey die at the same points again; `all` lets it die at every point. */
export const seed = process.env.SELFHELP_SEED ?? String(Date.now() % 1_000_000)

/** Milliseconds that a journey of them may take. */
export const longest = seed === 'all' ? 3_000_000 : 900_000

const points = ['before', 'between', 'after'] as const

/** The deaths of a runbook's steps on lab hosts: one for each step, its point by the seed, or all. */
export function chosen(all: readonly Death[], about: string): readonly Death[] {
  if (seed === 'all') return all
  const salt = [...about].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 0)
  return all.filter(({position, point}) => point === points[randomFrom(Number(seed) + salt + position)])
}

/** 0, 1 or 2: a small generator (mulberry32), equal for equal seeds on every machine. */
function randomFrom(start: number): number {
  let state = (start * 0x6d2b79f5) >>> 0
  state = Math.imul(state ^ (state >>> 15), state | 1)
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61)
  return ((state ^ (state >>> 14)) >>> 0) % 3
}
