import {CodedError, Failure} from '../error.ts'
import {type RunRow, requeueRun, runById, stepsOfRun, withdrawRun} from '../ledger/run.ts'
import type {Request} from '../operator/model.ts'
import type {Durable} from '../runbook/dbos.ts'
import type {How} from '../runbook/execute.ts'
import type {Kernel} from '../runbook/kernel.ts'
import type {End, Runbook, Stopped} from '../runbook/model.ts'
import type {SignedRequest} from '../runbook/request.ts'
import {type RunResult, stepTable} from '../runbook/view.ts'
import type {World} from '../world.ts'
import {kernelOf, signed} from './kernel.ts'

export interface Asked<I> {
  readonly runbook: Runbook<I>
  readonly input: I
  /** What was typed; signed here. */
  readonly request: Request
  readonly planHash?: string
  /** The name of the run, where its instant names it. */
  readonly id?: string | undefined
  /** Leave it to a worker. */
  readonly detach?: boolean | undefined
  /** Wait for a lock that is held. */
  readonly wait?: boolean | undefined
  /** Stops this one at once, resumable, as a second interrupt does. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Executes the run in this process and shows its steps; the same asked again continues its unfinished run.
 * Throws the error of its end (exit 1, 3, 4, 6 or 130), and the Refusals `run-unfinished` and `lock-held`.
 */
export async function executeRun<I>(world: World, asked: Asked<I>): Promise<RunResult> {
  await using runs = runsOf(world)
  return await runs.execute(asked)
}

/** Several runs of one command: what they share is made at the first and ended with the last. */
export interface Runs extends AsyncDisposable {
  /** As `executeRun`; any number at once. */
  execute<I>(asked: Asked<I>): Promise<RunResult>
}

export function runsOf(world: World): Runs {
  const stack = new AsyncDisposableStack()
  let durable: Promise<Durable> | undefined
  let made: Promise<Kernel> | undefined
  return {
    execute: async asked => {
      made ??= kernelOf(world, 'command')
      const kernel = withOwn(await made, asked.runbook as Runbook)
      const {detach = false, wait, signal} = asked
      // DBOS starts while the run is asked for; whether that is refused is known only after.
      if (!detach) durable ??= launched(kernel, stack)
      durable?.catch(() => {})
      const {requestRun} = await import('../runbook/request.ts')
      const run = await requestRun(kernel, {...asked, detach, by: run => signed(world, {...asked.request, run})})
      if (durable && !detach) await followHere(world, kernel, {run, wait, signal, durably: (await durable).here})
      else await requeueRun(kernel.ledger, run.id)
      return resultOf(kernel, run.id)
    },
    [Symbol.asyncDispose]: async () => {
      await durable?.catch(() => {})
      await stack.disposeAsync()
    },
  }
}

function withOwn(kernel: Kernel, runbook: Runbook): Kernel {
  return {...kernel, runbooks: async id => (id === runbook.id ? runbook : kernel.runbooks(id))}
}

export interface Going {
  /** What was typed; signed here. */
  readonly request: Request
  /** Undo it instead of finishing it. */
  readonly abandon?: boolean
  readonly wait?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Goes on with a run in this process, to its end or back to where it began; throws as `executeRun` does. */
export async function continueRun(world: World, id: string, asked: Going): Promise<RunResult> {
  const kernel = await kernelOf(world, 'command')
  await using stack = new AsyncDisposableStack()
  const run = await runById(kernel.ledger, id)
  await journalAsked(kernel, run, await signed(world, asked.request))
  const durably = (await launched(kernel, stack)).here
  await followHere(world, kernel, {...asked, durably, run})
  return await resultOf(kernel, id)
}

async function journalAsked({ledger, journal}: Kernel, run: RunRow, by: SignedRequest): Promise<void> {
  const {operator, reason, ticket, request, signature} = by
  const about = {kind: 'run', tenant: run.tenant, subject: run.subject, run: run.id, result: 'asked'} as const
  await ledger.transaction(tx => journal(tx, {...about, operator, reason, ticket, signature, body: {request}}))
}

interface Continued extends Omit<Going, 'request'> {
  readonly run: RunRow
}

async function launched(kernel: Kernel, stack: AsyncDisposableStack): Promise<Durable> {
  const [{launchDbos}, {heartbeat}] = await Promise.all([
    import('../runbook/dbos.ts'),
    import('../runbook/heartbeat.ts'),
  ])
  stack.use(await heartbeat(kernel))
  const durable = await launchDbos({ledger: kernel.ledger, executor: kernel.executor.id})
  stack.defer(() => durable.close())
  return durable
}

async function followHere(world: World, kernel: Kernel, continued: Continued & Pick<How, 'durably'>): Promise<void> {
  const {errorOf, troubleOf} = await import('../runbook/trouble.ts')
  const {run, abandon} = continued
  try {
    const end = await follow(world, kernel, continued)
    const error = errorOf(run.id, end)
    // An abandoned run has ended as it was asked to.
    if (error && !(abandon && end.state === 'abandoned')) throw error
  } catch (thrown) {
    const why: Stopped = {exit: 3, way: 'undone', trouble: troubleOf(thrown)}
    await withdrawRun(kernel.ledger, {run: run.id, executor: kernel.executor.id}, why).catch(() => {})
    throw isUnreachable(thrown) ? leftBehind(thrown, run) : thrown
  }
}

function isUnreachable(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && thrown.code === 'ledger-unreachable'
}

/** Nobody could write down that it stopped; what it did write is enough to go on. */
function leftBehind(cause: Failure, {id}: RunRow): Failure {
  const remedies = ['selfhelp doctor', `selfhelp run resume ${id}`]
  return new Failure('ledger-unreachable', `${cause.message} Run ${id} goes on when it is resumed.`, {
    cause,
    runId: id,
    remedies,
  })
}

async function follow(world: World, kernel: Kernel, given: Continued & Pick<How, 'durably'>): Promise<End> {
  const {run, abandon = false, wait = false, durably} = given
  const [{execute}, {drawing}] = await Promise.all([import('../runbook/execute.ts'), import('../runbook/view.ts')])
  const {soon} = world.interruption
  const now = given.signal ? AbortSignal.any([world.interruption.now, given.signal]) : world.interruption.now
  const say = (text: string) => () => world.streams.err.write(`${text}\n`)
  soon.addEventListener('abort', say(`Stopping after this step; once more stops now. Run ${run.id} can be resumed.`))
  now.addEventListener('abort', say('Stopping now.'))
  const queue = waitingRoom(world)
  const draw = drawing(world.progress)
  const tell: How['tell'] = event => {
    queue.leave()
    draw(event)
  }
  const attempt = () => execute(kernel, run.id, {abandon, interruption: {soon, now}, tell, durably})
  return wait ? queue.wait(attempt) : attempt()
}

const askEveryMilliseconds = 1000

/** Tries until the lock is free, or somebody interrupts; shows whom it waits for. */
function waitingRoom({progress, clock, interruption}: World) {
  let part: ReturnType<World['progress']['part']> | undefined
  const leave = () => {
    part?.done()
    part = undefined
  }
  return {
    leave,
    async wait<T>(attempt: () => Promise<T>): Promise<T> {
      for (;;) {
        try {
          return await attempt()
        } catch (thrown) {
          const held = thrown instanceof CodedError && thrown.code === 'lock-held'
          if (!held || interruption.soon.aborted) throw thrown
          part ??= progress.part('waiting for the lock')
          part.at(thrown.message)
          await clock.sleep(askEveryMilliseconds)
        }
      }
    },
  }
}

async function resultOf({ledger}: Kernel, id: string): Promise<RunResult> {
  const [{title, state}, steps] = await Promise.all([runById(ledger, id), stepsOfRun(ledger, id)])
  return {run: id, title, state, steps: steps.map(({name, state}) => ({name, state}))}
}

/** What a run of this input would make true, in order; nothing is begun. */
export function plannedRun<I>({runbook, input}: Pick<Asked<I>, 'runbook' | 'input'>) {
  const result = {title: runbook.title(input), steps: runbook.steps(input).map(({name}) => name)}
  return {result, view: [result.title, stepTable(result.steps)]}
}

/** One line on a run that ended as it was asked to, or was left to a worker. */
export function runDone({run, title, state}: RunResult): string {
  if (state !== 'queued') return `${title}: ${state} (run ${run})`
  return `${title}: queued (run ${run})\n→ selfhelp run follow ${run}`
}

/** Shows what another process does with a run; throws the error of its end. Interrupting ends only the watching. */
export async function watchHere(
  {clock, progress, interruption}: World,
  run: string,
  watch: (watching: {clock: World['clock']; signal: AbortSignal; tell: How['tell']}) => Promise<End | undefined>,
): Promise<void> {
  const [{drawing}, {errorOf}] = await Promise.all([import('../runbook/view.ts'), import('../runbook/trouble.ts')])
  const end = await watch({clock, signal: interruption.soon, tell: drawing(progress)})
  const error = end ? errorOf(run, end) : interruption.soon.reason
  if (error) throw error
}
