import {join} from 'node:path'
import {packageRoot} from '../src/root.ts'
import {type Compared, compare, program} from './pairs.ts'

/** How long the CLI takes to say something, against the same Node doing nothing. */
export async function start({pairs}: {pairs: number}): Promise<Compared[]> {
  const nothing = program('node -e 0', [process.execPath, '-e', '0'])
  const selfhelp = (...words: string[]) =>
    program(`selfhelp ${words.join(' ')}`, [join(packageRoot(), 'bin/selfhelp'), ...words])
  // 250 ms where node -e 0 takes 45.
  const talk = 250 / 45
  return [
    await compare({name: '--version', ours: selfhelp('--version'), peer: nothing, atMost: 1.5, pairs}),
    await compare({name: '--help', ours: selfhelp('--help'), peer: nothing, atMost: talk, pairs}),
    await compare({name: 'a command', ours: selfhelp('explain', 'bug'), peer: nothing, atMost: talk, pairs}),
  ]
}
