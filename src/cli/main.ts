import {run} from '@oclif/core'
import {systemStreams} from '../terminal/streams.ts'
import {coded, report} from './trouble.ts'

/** Runs what was typed. Whatever a command did not report itself (an unknown command, a broken build) is reported here. */
export async function main(words: readonly string[], root: string): Promise<void> {
  try {
    const [first, ...others] = words
    await run(first === 'help' ? [...others, '--help'] : [...words], {root})
  } catch (thrown) {
    process.exitCode = isExit(thrown) ?? report(coded(thrown), systemStreams(), words.includes('--json'))
  }
  await drained(process.stdout)
  await drained(process.stderr)
  // A connection someone forgot to close must not keep an operator waiting.
  process.exit()
}

/** oclif ends help and such by throwing an exit. */
function isExit(thrown: unknown): number | undefined {
  const {code, oclif} = (thrown ?? {}) as {code?: string; oclif?: {exit?: number}}
  return code === 'EEXIT' ? (oclif?.exit ?? 0) : undefined
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.writableEnded || stream.destroyed) resolve()
    else stream.write('', () => resolve())
  })
}
