/** One way out for text: what it is connected to decides how things look. */
export interface Out {
  write(text: string): void
  readonly tty: boolean
  /** Width in characters; endless in a pipe. */
  readonly columns: number
  readonly colour: boolean
}

/** stdout carries the result and nothing else; stderr carries talk, progress, warnings and remedies. */
export interface Streams {
  readonly out: Out
  readonly err: Out
  /** True when a person can be asked: both ends are terminals. */
  readonly interactive: boolean
}

interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The process's own streams; `NO_COLOR` and `TERM=dumb` take the colour away. */
export function systemStreams(env: NodeJS.ProcessEnv = process.env): Streams {
  const out = outOf(process.stdout, env)
  const err = outOf(process.stderr, env)
  return {out, err, interactive: process.stdin.isTTY === true && err.tty}
}

function outOf(terminal: Terminal, env: NodeJS.ProcessEnv): Out {
  const tty = terminal.isTTY === true
  return {
    write: text => void terminal.write(text),
    tty,
    get columns() {
      return tty ? (terminal.columns ?? 80) : Number.POSITIVE_INFINITY
    },
    colour: tty && !env.NO_COLOR && env.TERM !== 'dumb',
  }
}
