import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {type Code, codes, Failure} from '../../src/error.ts'
import {packageRoot} from '../../src/root.ts'
import {paint} from '../../src/terminal/paint.ts'
import type {Progress} from '../../src/terminal/progress.ts'
import {type Streams, systemStreams} from '../../src/terminal/streams.ts'
import {ownHome} from './home.ts'

/** Where it talks. */
export interface Shown {
  readonly streams: Streams
  readonly progress: Progress
}

/** A command as an operator types it; it and its talk are shown. Throws what it reported. */
export async function selfhelp(...words: string[]): Promise<void> {
  const {err} = systemStreams()
  const line = `$ selfhelp ${words.map(word => (/[\s;&|]/.test(word) ? `'${word}'` : word)).join(' ')}`
  err.write(`${paint(err, 'dim', line.length > err.columns ? `${line.slice(0, err.columns - 1)}…` : line)}\n`)
  const {exit} = await run(words)
  if (exit !== 0)
    throw new Failure('quickstart-stopped', `selfhelp ${words.join(' ')} ended with exit ${exit}.`, stopped)
}

/** The same with `--json`: its result. Throws what it reported, with its own code. */
export async function asked<T>(...words: string[]): Promise<T> {
  const {exit, out} = await run([...words, '--json'])
  const said = JSON.parse(out || '{}')
  if (exit === 0) return said
  const {code = 'bug', message = '', facts = {}, remedies = []} = said.error ?? {}
  throw new Failure('quickstart-stopped', `selfhelp ${words.join(' ')}: ${message}`, {
    facts: {...facts, code, means: codes[code as Code]?.means},
    remedies: [...remedies, ...stopped.remedies],
  })
}

const stopped = {remedies: ['npm run quickstart   (goes on where it stopped)', 'npm run quickstart -- --down']}

async function run(words: readonly string[]): Promise<{exit: number; out: string}> {
  const child = spawn(process.execPath, [join(packageRoot(), 'bin/run.js'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // What quickstart sets up is signed by the machine operator that init makes: it can never approve.
    env: {...process.env, SELFHELP_OPERATOR_KEY: join(ownHome(), 'machine-key')},
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    out += chunk
  })
  const [exit] = await once(child, 'close')
  return {exit: exit ?? 1, out}
}
