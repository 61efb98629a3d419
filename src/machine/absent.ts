import type {Wanted} from './model.ts'

/** The same things gone, the last first: how everything of a list is undone. */
export function absent(wanted: readonly Wanted[]): readonly Wanted[] {
  return wanted.map(want => ({...want, absent: true})).reverse()
}
