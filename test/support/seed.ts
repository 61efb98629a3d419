import {spawnSync} from 'node:child_process'
import {packageRoot} from '../../src/root.ts'
import type {Death} from './crash.ts'

/** Each commit lets crash journeys die at points of its own, always the same; `SELFHELP_SEED` at others, `all` at every point. */
export const seed = process.env.SELFHELP_SEED ?? ofThisCommit()

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

function ofThisCommit(): string {
  const {stdout} = spawnSync('git', ['rev-parse', '--short=6', 'HEAD'], {cwd: packageRoot(), encoding: 'utf8'})
  return `${Number.parseInt(stdout || '1', 16) % 1_000_000}`
}
