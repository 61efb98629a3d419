import {constants} from 'node:os'
import {execa} from 'execa'
import {Failure} from '../error.ts'

export interface RunOptions {
  readonly input?: string
  /** Milliseconds; 60,000 when not given. */
  readonly timeout?: number
}

/** Runs a program of this machine and returns its output. Throws a Failure with the program's own words. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(argv, options)
  if (result.ok) return result.stdout
  throw new Failure('lab-tool-failed', `${argv[0]} failed: ${result.stderr || result.why}`, {
    facts: {command: argv, exitCode: result.code},
  })
}

export interface Attempt {
  readonly ok: boolean
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly why: string
}

/** Runs a program whose failing is an answer. */
export async function attempt(argv: readonly string[], {input, timeout = 60_000}: RunOptions = {}): Promise<Attempt> {
  const [program = '', ...rest] = argv
  const result = await execa(program, rest, {
    reject: false,
    timeout,
    env: {PATH: programPath(), LC_ALL: 'C.UTF-8'},
    ...(input === undefined ? {stdin: 'ignore' as const} : {input}),
  })
  return {
    ok: !result.failed,
    code: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr.trim(),
    why: result.failed ? (result.shortMessage ?? '') : '',
  }
}

/** A PATH with the system folders, also where the environment is empty. */
export function programPath(): string {
  return [...new Set([...(process.env.PATH?.split(':') ?? []), '/usr/sbin', '/usr/bin', '/sbin', '/bin'])].join(':')
}

/**
 * Runs a program in the place of this one, on the same terminal, and returns its exit code (128 + signal when killed).
 * A Ctrl-C is the program's: the terminal sends it to both, and only the program knows what it means.
 */
export async function handOver(argv: readonly string[]): Promise<number> {
  const [program = '', ...rest] = argv
  const [ours, nothing] = [process.listeners('SIGINT'), () => {}]
  process.removeAllListeners('SIGINT').on('SIGINT', nothing)
  const result = await execa(program, rest, {reject: false, stdio: 'inherit', env: {PATH: programPath()}})
  process.off('SIGINT', nothing)
  for (const listener of ours) process.on('SIGINT', listener)
  return result.exitCode ?? 128 + (result.signal === undefined ? 0 : (constants.signals[result.signal] ?? 0))
}
