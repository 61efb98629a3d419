import type {Out, Streams} from '../../src/terminal/streams.ts'

export interface Written extends Out {
  readonly text: string
}

/** A stream that remembers, wide as asked; a pipe when `columns` is left out. */
export function written(columns?: number): Written {
  let text = ''
  return {
    write: more => {
      text += more
    },
    get text() {
      return text
    },
    tty: columns !== undefined,
    columns: columns ?? Number.POSITIVE_INFINITY,
    colour: false,
  }
}

/** Streams for a use case under test. */
export function scriptedStreams(columns?: number): Streams & {readonly out: Written; readonly err: Written} {
  return {out: written(columns), err: written(columns), interactive: columns !== undefined}
}
