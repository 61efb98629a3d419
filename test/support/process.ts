import {spawn} from 'node:child_process'
import {once} from 'node:events'

export interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

export interface How {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly stdin?: string
  /** Called with the child as soon as it runs. */
  readonly during?: (child: {kill(signal: NodeJS.Signals): void; pid: number}) => void
  /** Hears everything that was said on stderr until now. */
  readonly heard?: (err: string) => void
}

/** Runs a program without tap's own hooks in it, as an operator would. */
export async function run(argv: readonly string[], {env, cwd, stdin, during, heard}: How = {}): Promise<Ended> {
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', ...argv], {env: {...(env ?? process.env)}, cwd})
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    err += chunk
    heard?.(err)
  })
  // Who ends, or reads from elsewhere, before all of it was given is judged by the exit, not by that.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  during?.({kill: signal => child.kill(signal), pid: child.pid ?? 0})
  const [exit] = await once(child, 'close')
  return {exit, out, err}
}
