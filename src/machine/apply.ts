import {randomUUID} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import {Bug, Failure, Refusal} from '../error.ts'
import type {Action, Answer, Applied, Change, Connection, Fence, Machine, Plan, Question, Wanted} from './model.ts'
import {actionsOf, type Comparison, comparison, guardOf, planOf} from './plan.ts'
import {asking} from './questions.ts'

export interface Manner {
  /** A guarded change that nobody confirms is taken back after so many seconds (90). */
  readonly takeBackAfter?: number
  /** Told before each exchange that changes something; when it throws, nothing is changed. */
  before?(doing: HostDoing): Promise<void>
}

/** What is about to be done to a machine. */
export interface HostDoing {
  readonly host: string
  readonly fence: Fence
  /** `file /etc/hostname: create`, …; for actions, what they are called. */
  readonly changes: readonly string[]
  readonly planHash?: string
}

/** The machine behind this connection. */
export function machineOver(connection: Connection, {takeBackAfter = 90, before}: Manner = {}): Machine {
  const {host} = connection
  return {
    host,
    get roundTrips() {
      return connection.roundTrips
    },
    plan: (wanted, fence) => compared(connection, comparison(host, wanted), fence),
    apply: (wanted, how) => apply(connection, wanted, {...how, takeBackAfter, ...(before ? {told: before} : {})}),
    async ask(questions) {
      const asked = asking(questions)
      return asked.answers(await connection.exchange({id: randomUUID(), frames: asked.frames}))
    },
    async act(id, actions, fence) {
      if (actions.length > 0) await before?.({host, fence, changes: actions.map(({act}) => act)})
      const answers = await connection.exchange({id, fence, frames: actions})
      mustHaveWorked({host, actions}, answers)
      return answers
    },
  }
}

/** With a fence, whatever a lost connection left at work under its lock has ended when this is answered. */
async function compared(connection: Connection, wish: Comparison, fence: Fence | undefined): Promise<Plan> {
  const answers = await connection.exchange({id: randomUUID(), frames: wish.frames, ...(fence ? {fence} : {})})
  return planOf(connection.host, wish.changes(answers))
}

type Applying = Parameters<Machine['apply']>[1] & {
  readonly takeBackAfter: number
  told?(doing: HostDoing): Promise<void>
}

const inWords = ({of, what}: Change) => `${of}: ${what}`

async function apply(
  connection: Connection,
  wanted: readonly Wanted[],
  {fence, expect, found, takeBackAfter, told}: Applying,
): Promise<Applied> {
  const before = connection.roundTrips
  const wish = comparison(connection.host, wanted)
  const plan = found ?? (await compared(connection, wish, fence))
  if (expect !== undefined && expect !== plan.planHash) throw planChanged(plan, expect)
  let left = plan.changes
  if (left.length > 0) await told?.({host: plan.host, fence, changes: left.map(inWords), planHash: plan.planHash})
  let confirming = 0
  for (let round = 0; left.length > 0; round++) {
    if (round === rounds(wanted)) throw notSettled(connection.host, left)
    const made = await make(connection, {wish, changes: left, fence, takeBackAfter})
    left = made.left
    confirming += made.confirming
  }
  return {...plan, roundTrips: connection.roundTrips - before + confirming}
}

/** Neighbours on the same machine may add to a shared file between our doing and our asking: then it is done again. */
const rounds = (wanted: readonly Wanted[]) => (wanted.some(({kind}) => kind === 'assembly') ? 5 : 1)

interface Making {
  readonly wish: Comparison
  readonly changes: readonly Change[]
  readonly fence: Fence
  /** Seconds. */
  readonly takeBackAfter: number
}

async function make(connection: Connection, {wish, changes, fence, takeBackAfter}: Making) {
  const guard = guardOf(changes, takeBackAfter)
  const actions = [...(guard ? [guard] : []), ...actionsOf(changes)]
  const frames: readonly (Action | Question)[] = [...actions, ...wish.frames]
  const answers = await connection.exchange({id: randomUUID(), fence, frames})
  mustHaveWorked({host: connection.host, actions, changes}, answers)
  const confirming = guard ? await confirm(connection, {fence, takeBackAfter}) : 0
  return {left: wish.changes(answers.slice(actions.length)), confirming}
}

/** Only a new connection proves that a new connection is possible. */
async function confirm(
  connection: Connection,
  {fence, takeBackAfter}: Pick<Making, 'fence' | 'takeBackAfter'>,
): Promise<number> {
  const second = connection.again()
  const actions: readonly Action[] = [{act: 'confirm', args: []}]
  const exchange = {id: `confirm.${randomUUID()}`, fence, frames: actions}
  try {
    const answers = await whileAway(takeBackAfter, () => second.exchange(exchange))
    mustHaveWorked({host: connection.host, actions}, answers)
    return second.roundTrips
  } catch (cause) {
    throw notConfirmed(connection.host, {cause, seconds: takeBackAfter})
  } finally {
    await second.close()
  }
}

/** An sshd that was just reloaded refuses connections for a moment, longer where much is to do: a third of the time is for that. */
async function whileAway<T>(seconds: number, ask: () => Promise<T>): Promise<T> {
  const until = performance.now() + (seconds * 1000) / 3
  for (;;) {
    try {
      return await ask()
    } catch (thrown) {
      const away = thrown instanceof Failure && thrown.code === 'host-unreachable'
      if (!away || performance.now() > until) throw thrown
      await sleep(1000)
    }
  }
}

function notConfirmed(host: string, {cause, seconds}: {cause: unknown; seconds: number}): Refusal {
  const why = cause instanceof Error ? cause.message : `${cause}`
  const message = `After the change no new connection to ${host} came through; within ${seconds} s it takes the change back by itself. (${why})`
  return new Refusal('not-confirmed', message, {facts: {host, seconds}, cause})
}

/** The exit with which an action says that the thing's own checker refused it. */
const refusedByCheck = 65

interface Doing {
  readonly host: string
  readonly actions: readonly Action[]
  readonly changes?: readonly Change[]
}

function mustHaveWorked({host, actions, changes = []}: Doing, answers: readonly Answer[]): void {
  const n = answers.findIndex((answer, n) => n < actions.length && answer.exit !== 0)
  const [action, answer] = [actions[n], answers[n]]
  if (!action || !answer) return
  const of = changes.find(change => change.actions.includes(action))?.of ?? [action.act, ...action.args].join(' ')
  const said = `${answer.err}\n${answer.out}`.trim().slice(-4000)
  const facts = {host, of, action: action.act, exit: answer.exit, said}
  if (answer.exit === refusedByCheck)
    throw new Refusal('check-refused', `${host}: ${of} was refused by its checker: ${firstLine(said)}`, {facts})
  throw new Failure('action-failed', `${host}: ${of} ended with ${answer.exit}: ${lastLine(said)}`, {facts})
}

const firstLine = (text: string) => text.split('\n')[0]
const lastLine = (text: string) => text.split('\n').at(-1)

function planChanged(plan: Plan, expect: string): Refusal {
  return new Refusal(
    'plan-changed',
    `${plan.host} is no longer as it was when the plan was made; nothing was changed.`,
    {
      facts: {
        host: plan.host,
        expected: expect,
        found: plan.planHash,
        changes: plan.changes.map(inWords),
      },
      remedies: [`selfhelp host plan ${plan.host}`],
    },
  )
}

/** A service that starts and then dies is the world's doing; everything else that is left is ours. */
function notSettled(host: string, left: readonly Change[]): Bug | Failure {
  const changes = left.map(inWords)
  const facts = {host, left: changes}
  const dead = left.filter(({of, what}) => of.startsWith('unit ') && /\bstart\b/.test(what)).map(({of}) => of.slice(5))
  if (dead.length === left.length)
    return new Failure('action-failed', `${host}: ${dead.join(', ')} started and did not stay up.`, {
      facts,
      remedies: dead.map(unit => `Look at what it said on ${host}: journalctl -u ${unit}`),
    })
  return new Bug(`${host} is still not as wanted after everything was done: ${changes.join('; ')}.`, {facts})
}
