import {createHash} from 'node:crypto'
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {Refusal} from '../error.ts'
import {Secret} from '../secret/secret.ts'
import type {Action, Answer, Applied, Change, Fence, Machine, Question, Wanted} from './model.ts'
import {planOf} from './plan.ts'

/** A moment at which a test may throw an error, or kill its own process. */
export interface Moment {
  /** Counts the changing calls (`apply`, `act`) of this machine from 1, over all processes that share its file. */
  readonly call: number
  readonly when: 'before' | 'after'
  /** The things that are changed, or the names of the actions. */
  readonly what: readonly string[]
}

export interface Script {
  /** Asked before and after the effect of each changing call; what it throws is what the call throws. */
  interrupt?(moment: Moment): void
  /** Answers to `ask`; without it each is empty with exit 0. */
  answer?(question: Question, there: ReadonlyMap<string, unknown>): Answer
  /** Where the machine lives, so that it outlives a process that is killed. */
  readonly file?: string
}

/** A machine in memory (or in a file): remembers what was wanted, counts what it cost. For tests of runbooks. */
export interface ScriptedMachine extends Machine {
  /** What is there, by title (`file /etc/motd`). */
  readonly there: ReadonlyMap<string, unknown>
  /** How often each thing was changed; actions by `act <id>`. */
  readonly effects: ReadonlyMap<string, number>
}

interface State {
  calls: number
  there: Record<string, unknown>
  effects: Record<string, number>
  acts: Record<string, readonly Answer[]>
  epochs: Record<string, number>
}

/** A machine that does what it is told, and fails where the script says. */
export function scriptedMachine(host: string, script: Script = {}): ScriptedMachine {
  const scene: Scene = {host, script, memory: memoryOf(script.file)}
  const {memory} = scene
  let roundTrips = 0
  return {
    host,
    get roundTrips() {
      return roundTrips
    },
    get there() {
      return new Map(Object.entries(memory.read().there))
    },
    get effects() {
      return new Map(Object.entries(memory.read().effects))
    },
    async plan(wanted) {
      roundTrips += 1
      return planOf(host, compare(memory.read(), wanted))
    },
    async apply(wanted, how) {
      const applied = apply(scene, wanted, how)
      roundTrips += applied.roundTrips
      return applied
    },
    async ask(questions) {
      roundTrips += 1
      const there = new Map(Object.entries(memory.read().there))
      return questions.map(question => script.answer?.(question, there) ?? silent)
    },
    async act(id, actions, fence) {
      roundTrips += 1
      return memory.read().acts[id] ?? act(scene, {id, actions, fence})
    },
  }
}

const silent: Answer = {exit: 0, out: '', err: ''}

interface Scene {
  readonly host: string
  readonly script: Script
  readonly memory: Memory
}

type How = Parameters<Machine['apply']>[1]

function apply(scene: Scene, wanted: readonly Wanted[], {fence, expect}: How): Applied {
  const {host, memory} = scene
  const changes = compare(memory.read(), wanted)
  const plan = planOf(host, changes)
  if (expect !== undefined && expect !== plan.planHash)
    throw new Refusal('plan-changed', `${host} is no longer as it was when the plan was made.`)
  const what = changes.map(({of}) => of)
  if (changes.length === 0) fenced(memory.read(), fence, host)
  else change(scene, {fence, what, effect: state => settle(state, wanted, what)})
  return {...plan, roundTrips: changes.length === 0 ? 1 : 2}
}

function act(scene: Scene, {id, actions, fence}: {id: string; actions: readonly Action[]; fence: Fence}) {
  const answers = actions.map(() => silent)
  const effect = (state: State) => {
    state.acts[id] = answers
    count(state, `act ${id}`)
  }
  change(scene, {fence, what: actions.map(({act}) => act), effect})
  return answers
}

interface Effect {
  readonly fence: Fence
  readonly what: readonly string[]
  effect(state: State): void
}

function change({host, script, memory}: Scene, {fence, what, effect}: Effect): void {
  fenced(memory.read(), fence, host)
  memory.write(state => {
    state.calls += 1
    state.epochs[fence.lock] = fence.epoch
  })
  const {calls: call} = memory.read()
  script.interrupt?.({call, when: 'before', what})
  memory.write(effect)
  script.interrupt?.({call, when: 'after', what})
}

interface Memory {
  read(): State
  write(change: (state: State) => void): void
}

function memoryOf(file: string | undefined): Memory {
  const empty: State = {calls: 0, there: {}, effects: {}, acts: {}, epochs: {}}
  let state = empty
  if (file === undefined) return {read: () => state, write: change => change(state)}
  const read = () => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : structuredClone(empty))
  return {
    read,
    write(change) {
      state = read()
      change(state)
      writeFileSync(`${file}.new`, JSON.stringify(state))
      renameSync(`${file}.new`, file)
    },
  }
}

function fenced(state: State, fence: Fence, host: string): void {
  const highest = state.epochs[fence.lock] ?? 0
  if (fence.epoch >= highest) return
  throw new Refusal('epoch-superseded', `${host} refused: a newer run has taken over the lock ${fence.lock}.`, {
    facts: {epoch: fence.epoch, highest},
  })
}

function compare(state: State, wanted: readonly Wanted[]): readonly Change[] {
  const next = {...state.there}
  return wanted.flatMap((want): Change[] => {
    const of = titleOf(want)
    const [is, be] = [next[of], want.absent ? undefined : shape(want, next)]
    if (be === undefined) delete next[of]
    else next[of] = be
    if (JSON.stringify(is) === JSON.stringify(be)) return []
    const what = be === undefined ? 'remove' : is === undefined ? 'create' : 'change'
    return [{of, what, actions: [{act: what, args: [JSON.stringify(be ?? null)]}]}]
  })
}

function settle(state: State, wanted: readonly Wanted[], changed: readonly string[]): void {
  for (const want of wanted) {
    const of = titleOf(want)
    if (want.absent) delete state.there[of]
    else state.there[of] = shape(want, state.there)
  }
  for (const of of changed) count(state, of)
}

function count(state: State, of: string): void {
  state.effects[of] = (state.effects[of] ?? 0) + 1
}

/** The same names as the real operations give. */
function titleOf(want: Wanted): string {
  if ('key' in want) return `${want.kind} ${want.path} ${want.key}`
  if ('path' in want) return `${want.kind} ${want.path}`
  if ('cluster' in want) return `${want.kind} ${want.cluster.name}/${want.name}`
  if ('name' in want) return `${want.kind} ${want.name}`
  return 'version' in want ? `release ${want.version}` : 'nft'
}

/** A unit also remembers the files it was started from, so that a changed file changes it. */
function shape(want: Wanted, there: Readonly<Record<string, unknown>>): unknown {
  const plain = JSON.parse(JSON.stringify(revealed(want))) as object
  if (want.kind !== 'unit') return plain
  const paths = [...(want.restartAfter ?? []), ...(want.reloadAfter ?? [])]
  return {...plain, read: paths.map(path => there[`file ${path}`] ?? there[`assembly ${path}`] ?? null)}
}

/** Secrets are told apart by their hash. */
function revealed(want: object): object {
  const one = (value: unknown): unknown => {
    if (value instanceof Secret) return {secret: createHash('sha256').update(value.expose()).digest('hex')}
    return value instanceof Object && !Array.isArray(value) ? revealed(value) : value
  }
  return Object.fromEntries(Object.entries(want).map(([name, value]) => [name, one(value)]))
}
