import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {installLabPackages, installPackages, requireLabMachine} from '../src/lab/requirements.ts'
import {packageRoot} from '../src/root.ts'
import {progressOn} from '../src/terminal/progress.ts'
import {systemStreams} from '../src/terminal/streams.ts'
import {added, type Counts, runFiles, verdict} from './files.ts'
import {sweepTestLabs} from './support/lab.ts'
import {stopTestServer} from './support/ledger.ts'

interface Part {
  readonly name: string
  readonly files: readonly string[]
  /**
   * Test files at once. The real PostgreSQL is one for all; the last lab of a machine puts its settings back, which only a
   * lab that is alone can show; quickstart builds the CLI that all use. The other journeys have labs of their own and wait.
   */
  readonly jobs?: number
  /** Files may share a process. */
  readonly share?: boolean
  /** Environment variables of its own. */
  readonly env?: NodeJS.ProcessEnv
}

const all = globSync('test/**/*.test.ts', {cwd: packageRoot()}).toSorted()
const real = /^test\/(?:ledger|runbook\/real)\//
const journey = /^test\/journey\//
const alone = /^test\/journey\/(?:lab|quickstart)/

/**
 * They build everything, run every gate, start a command forty times, make keys by the dozen or go through every zone: half
 * of the time of all that need nothing else.
 */
const longer =
  /^test\/(?:cli\/(?:base|build)|gate\/gate|release\/release|certificate\/(?:check|effort)|calendar\/zone)\./

/** Needs neither a PostgreSQL nor lab hosts, and takes a moment. */
export const isFast = (file: string): boolean => ![real, journey, longer].some(not => not.test(file))

const nouns =
  'announcement|backup|calendar|certificate|connector|contract-update|copy|domain|event|flow|maintenance|migration'
const moreNouns = 'neighbours|notice|patch|request|restore|safekeeping|tls|transfer|vpn|wave'
/** Tests of what came after the foundation, by their nouns. */
const later = new RegExp(`^test/(?:(?:ledger|journey|runbook/real)/)?(?:${nouns}|${moreNouns})[/.-]`)

const parts: readonly Part[] = [
  {name: 'fast tests', files: all.filter(isFast), share: true},
  {name: 'tests that take longer', files: all.filter(file => longer.test(file))},
  {name: 'tests on a real PostgreSQL', files: all.filter(file => real.test(file)), jobs: 1},
  {name: 'tests of the runtime', files: globSync('runtime/test/*.test.ts', {cwd: packageRoot()}).toSorted()},
  {name: 'journeys that are alone', files: all.filter(file => alone.test(file)), jobs: 1},
  {name: 'journeys on lab hosts', files: all.filter(file => journey.test(file) && !alone.test(file)), jobs: 3},
]

/** `npm run test:deep`: every runbook that touches hosts, killed at every point of every step on lab hosts. */
const deepParts: readonly Part[] = [
  {
    name: 'every crash on lab hosts',
    files: ['crash', 'host-crash', 'certificate'].map(name => `test/journey/${name}.test.ts`),
    jobs: 2,
    env: {SELFHELP_SEED: 'all'},
  },
]

/** Sets up, runs every part, prints how long each took and the counts as the last line; gives the exit code. */
export async function suite(began: number, {deep = false} = {}): Promise<number> {
  process.chdir(packageRoot())
  const times: [string, number][] = [['npm packages', Date.now() - began]]
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const from = Date.now()
    const result = await work()
    times.push([name, Date.now() - from])
    return result
  }
  const lab = await timed('set-up', setUp)
  const results: Counts[] = []
  let foundation = times.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  for (const part of deep ? deepParts : parts) {
    if (part.files.length === 0) continue
    if (!lab && journey.test(part.files[0] ?? '')) results.push(skip(part))
    else {
      const counts = await timed(part.name, () => test(part))
      results.push(counts)
      foundation += (times.at(-1)?.[1] ?? 0) * foundationShare(counts)
    }
  }
  await stopTestServer()
  // A journey that was killed by its time limit could not take its lab down.
  if (lab) await sweepTestLabs(process.pid)
  for (const [name, milliseconds] of times) console.log(`${minutes(milliseconds)}  ${name}`)
  if (!deep) console.log(`${minutes(foundation)}  of all that, for the foundation alone`)
  return sum(results)
}

/** How much of a part's time its tests of the foundation took, from 0 to 1; files of one process count alike. */
function foundationShare({spent = []}: Counts): number {
  const ours = (files: readonly string[]) => files.filter(file => !later.test(file)).length / files.length
  const total = (share: (files: readonly string[]) => number) =>
    spent.reduce((sum, {files, milliseconds}) => sum + milliseconds * share(files), 0)
  return (
    total(ours) /
    Math.max(
      1,
      total(() => 1),
    )
  )
}

/** tap is built into node_modules with the plugins of .taprc, so a new node_modules needs it built again. */
const runnerBuilt = 'node_modules/.selfhelp-tap'

/** Everything the tests need; false where lab hosts cannot run. */
async function setUp(): Promise<boolean> {
  const progress = progressOn(systemStreams().err)
  const lab = await requireLabMachine().then(
    () => true,
    () => false,
  )
  if (lab) {
    await installPackages(['postgresql-15', 'pgbackrest', 'patch', 'gnutls-bin', 'sslscan', 'nmap'], progress)
    await installLabPackages(progress)
  }
  if (!existsSync(runnerBuilt)) {
    await must('test runner', 'tap', ['build'])
    writeFileSync(runnerBuilt, '')
  }
  await must('build', process.execPath, ['bin/build.js'])
  return lab
}

async function must(title: string, program: string, argv: readonly string[]): Promise<void> {
  const part = progressOn(systemStreams().err).part(title)
  const exit = await run(program, argv, {stdio: ['ignore', 'ignore', 'inherit']})
  if (exit === 0) return part.done()
  part.failed()
  throw new Error(`${program} ${argv.join(' ')} ended with ${exit}`)
}

/** A home and a lab name of this run's own, so that it runs beside a quickstart and beside another run. */
async function test({name, files, jobs, share, env: own}: Part): Promise<Counts> {
  console.log(`\n== ${name}`)
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-test-'))
  // The ledger's own account must be able to walk to its data.
  chmodSync(home, 0o711)
  const env = {SELFHELP_HOME: join(home, 'home'), SELFHELP_TEST_LAB: `test-${process.pid}`, ...own}
  const counts = await runFiles(files, {jobs, env, share})
  rmSync(home, {recursive: true, force: true})
  return counts
}

function skip({name, files}: Part): Counts {
  console.log(`\n== SKIPPED: ${name}. They need root on a Debian 12 machine. Not run:`)
  for (const file of files) console.log(`   ${file}`)
  return {passed: 0, failed: 0, skipped: files.length}
}

function sum(results: readonly Counts[]): number {
  const {line, exit} = verdict(added(results), Boolean(process.env.CI))
  console.log(line)
  return exit
}

async function run(program: string, argv: readonly string[], options: object): Promise<number> {
  const child = spawn(program, argv, options)
  const [code] = await once(child, 'close')
  return code ?? 1
}

function minutes(milliseconds: number): string {
  return `${(milliseconds / 60_000).toFixed(1).padStart(5)} min`
}
