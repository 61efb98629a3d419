import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {packageRoot} from '../src/root.ts'

/** What one test file, or many, came to: assertions, and how long each process took. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly spent?: readonly {readonly files: readonly string[]; readonly milliseconds: number}[]
}

export interface Running {
  /** Processes at once; as many as the machine has processors, and one that waits, when left out. */
  readonly jobs?: number | undefined
  readonly env?: NodeJS.ProcessEnv
  /** Files that touch nothing outside their process may share one: starting costs more than their tests. */
  readonly share?: boolean | undefined
}

/** Begun first, because they take longest. */
const longest =
  /^test\/(?:cli\/schemas|certificate\/check|cli\/run|machine\/reader|journey\/(?:certificate|migration|restore|vpn))\./

/** What touches something outside: other programs, folders, the environment. */
const outside = /testdir|mkdtemp|support\/process|child_process|process\.env|process\.on\b|chdir/

/** Seconds that one test may take; a test file may ask for more. */
const patience = 180

/**
 * Runs test files in plain Node, which starts in a third of the time that tap's own runner needs.
 * Prints a line for each process, all that a failing one said, and what was skipped.
 */
export async function runFiles(files: readonly string[], {jobs, env, share}: Running = {}): Promise<Counts> {
  const lanes = jobs ?? availableParallelism() + 1
  const waiting = share ? inProcesses(files, lanes) : longestFirst(files).map(file => [file])
  const results: Counts[] = []
  const lane = async () => {
    for (let some = waiting.shift(); some !== undefined; some = waiting.shift()) results.push(await run(some, env))
  }
  await Promise.all(Array.from({length: lanes}, lane))
  return added(results)
}

function longestFirst(files: readonly string[]): readonly string[] {
  return files.toSorted((one, other) => Number(longest.test(other)) - Number(longest.test(one)))
}

/** Which files run in one process, the longest first. */
function inProcesses(files: readonly string[], lanes: number): (readonly string[])[] {
  const by = Map.groupBy(files, file => {
    if (longest.test(file)) return 'longest'
    return outside.test(readFileSync(join(packageRoot(), file), 'utf8')) ? 'alone' : 'together'
  })
  const each = (name: 'longest' | 'alone') => by.get(name)?.map(file => [file]) ?? []
  const shared = Map.groupBy((by.get('together') ?? []).entries(), ([n]) => n % lanes)
  return [...each('longest'), ...each('alone'), ...[...shared.values()].map(some => some.map(([, file]) => file))]
}

/** When files fail together, each is asked alone: that says which. */
async function run(files: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const counts = await inProcess(files, env)
  if (counts.failed === 0 || files.length === 1) return counts
  console.log('Each of them alone:')
  const alone: Counts[] = []
  for (const file of files) alone.push(await inProcess([file], env))
  const {failed} = added(alone)
  return failed > 0 ? added(alone) : counts
}

/** The sum of all of them. */
export function added(results: readonly Counts[]): Counts {
  const total = (name: 'passed' | 'failed' | 'skipped') => results.reduce((count, counts) => count + counts[name], 0)
  const spent = results.flatMap(counts => counts.spent ?? [])
  return {passed: total('passed'), failed: total('failed'), skipped: total('skipped'), spent}
}

/** The last line of a run, and its exit: in continuous integration what was skipped counts as failed. */
export function verdict({passed, failed, skipped}: Counts, ci: boolean): {readonly line: string; readonly exit: 0 | 1} {
  const counted = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  const refused = ci && skipped > 0
  return {
    line: refused ? `In CI a skipped test is a failure.\n${counted}` : counted,
    exit: failed > 0 || refused ? 1 : 0,
  }
}

async function inProcess(files: readonly string[], more: NodeJS.ProcessEnv): Promise<Counts> {
  const began = performance.now()
  // Compiled code is kept beside what else is made of the packages.
  const cache = join(packageRoot(), 'node_modules/.cache/compiled')
  const env = {...process.env, TAP: '1', TAP_TIMEOUT: `${patience}`, NODE_COMPILE_CACHE: cache, ...more}
  const argv = files.length > 1 ? ['test/together.ts', ...files] : files
  const child = spawn(process.execPath, argv, {cwd: packageRoot(), env, stdio: ['ignore', 'pipe', 'inherit', 'ipc']})
  const closed = once(child, 'close')
  const said = new Said()
  let timer: NodeJS.Timeout | undefined
  const within = (seconds: number) => {
    clearTimeout(timer)
    // It ends itself at its limit, and says what it was at; this is for one that cannot.
    timer = setTimeout(() => child.kill('SIGKILL'), (seconds + 30) * 1000)
  }
  within(patience)
  // How long it may take is told by tap in a message.
  child.on('message', ({setTimeout: asked}: {setTimeout?: number}) => asked && within(asked / 1000))
  if (child.stdout) for await (const line of createInterface({input: child.stdout})) said.read(line)
  const [exit] = await closed
  clearTimeout(timer)
  const counts = said.counts(exit)
  const milliseconds = performance.now() - began
  const head = `${counts.failed > 0 ? 'FAILED' : 'ok'} ${files.join(' ')} (${(milliseconds / 1000).toFixed(1)} s)`
  console.log([head, ...said.told(counts)].join('\n  '))
  return {...counts, spent: [{files, milliseconds}]}
}

/** Reads the TAP of one file. */
class Said {
  #lines: string[] = []
  #counts: Counts | undefined

  read(line: string): void {
    if (line.startsWith('# { total: ')) this.#counts = countsOf(line)
    if (!/^ *(ok \d|1\.\.\d+$|# Subtest: |# time=|TAP version)/.test(line) || line.includes('# SKIP'))
      this.#lines.push(line)
  }

  /** One that ended without its totals, or badly without a failure, has failed. */
  counts(exit: number | null): Counts {
    const counts = this.#counts ?? {passed: 0, failed: 1, skipped: 0}
    return exit !== 0 && counts.failed === 0 ? {...counts, failed: 1} : counts
  }

  told({failed}: Counts): readonly string[] {
    return failed > 0 ? this.#lines : this.#lines.filter(line => /# (?:SKIP|CRASHED )/.test(line))
  }
}

/** The totals that tap writes as its last words: `# { total: 17, pass: 16, fail: 1 }`. */
function countsOf(totals: string): Counts {
  const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(totals)?.[1] ?? 0)
  return {passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo')}
}
