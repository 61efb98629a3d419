import {Command, type Interfaces} from '@oclif/core'
import {systemClock} from '../clock.ts'
import {type CodedError, exits} from '../error.ts'
import type {Request, Signed} from '../operator/model.ts'
import {interrupts} from '../terminal/interruption.ts'
import {printableJson} from '../terminal/printable.ts'
import {type Streams, systemStreams} from '../terminal/streams.ts'
import {show, type View} from '../terminal/view.ts'
import type {World} from '../world.ts'
import {mutationFlags, planFlag} from './flags.ts'
import {makeWorld} from './make-world.ts'
import {coded, report} from './trouble.ts'

/** What a command says: `--json` prints the result, people read the view. Both come from one value. */
export interface Answer<R = unknown> {
  readonly result: R
  readonly view: View
  /** 0 when left out; `partial` (5) for drift or some failed; a number only to hand on another program's exit. */
  readonly exit?: 'partial' | number
}

/** What was typed, read by the flags and arguments a command declares. */
export interface Typed<C extends typeof Command> {
  readonly args: Interfaces.InferredArgs<C['args']>
  readonly flags: Interfaces.InferredFlags<C['baseFlags'] & C['flags']>
  /** All words that are not flags, for commands with `strict = false`. */
  readonly words: readonly string[]
  readonly world: World
  readonly request: Request
  /** Who asks, with their signature: in a `Mutation` that is not a `--plan`. */
  readonly signed?: Signed
}

/** Every command: parse → one use case (`answer`) → view. Errors and exit codes are the same with and without `--json`. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags: Interfaces.FlagInput = {}

  /** Calls one use case and returns its result with a view of it. Throws `Refusal`, `Failure` or `Bug`. */
  // biome-ignore lint/suspicious/noExplicitAny: each command narrows it to `Typed<typeof Itself>`
  protected abstract answer(typed: any): Promise<Answer>

  /** What stands around the use case; for most, nothing. */
  protected async reply(typed: Said): Promise<Answer> {
    return this.answer(typed)
  }

  /** What it does is all in the ledger: with `--plan` it is done there and taken back. */
  protected readonly rehearses: boolean = false

  readonly #streams: Streams = systemStreams()

  override async run(): Promise<void> {
    const {args, flags, argv} = await this.parse(unprompted(this.ctor))
    const {interruption, interrupt} = interrupts(why => this.#end(why))
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
    const operatorKey: string | undefined = flags['operator-key']
    const quiet = this.jsonEnabled()
    const rehearsal = this.rehearses && flags.plan === true
    const world = makeWorld({env: process.env, streams: this.#streams, interruption, quiet, operatorKey, rehearsal})
    try {
      const request = requestOf(this.id ?? '', {...args, ...flags})
      this.#print(await this.reply({args, flags, words: argv as string[], world, request}))
    } finally {
      await world.close()
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  }

  /** oclif would exit 1 with `--json`, and prints stacks; here one table decides. */
  protected override async catch(thrown: Error & {code?: unknown}): Promise<void> {
    if (thrown?.code === 'EEXIT') throw thrown
    this.#report(coded(thrown, this.id))
  }

  #print({result, view, exit = exits.done}: Answer): void {
    if (this.jsonEnabled()) this.#streams.out.write(`${printableJson(result)}\n`)
    else show(view, this.#streams.out, systemClock.now())
    process.exitCode = exit === 'partial' ? exits.partial : exit
  }

  #report(error: CodedError): void {
    process.exitCode = report(error, this.#streams, this.jsonEnabled())
  }

  #end(why: CodedError): void {
    this.#report(why)
    process.exit(why.exit)
  }
}

/**
 * A command that changes something: its operator signs it, the journal says what was asked and what came of it, and it
 * takes `--reason`. `typed.signed` is the signed request; with `--plan` there is none, nothing changes then.
 */
export abstract class Mutation extends BaseCommand {
  static override baseFlags = mutationFlags

  /** Under which name, and in which tenant's chain, the journal keeps it: the first argument, unless a command knows better. */
  protected about({args, request}: Said): {subject: string; tenant: string | undefined} {
    const first = Object.values(args).find(value => typeof value === 'string')
    const subject = typeof first === 'string' ? first : request.command
    const label = /^(?:tenant|environment) /.test(request.command) ? (subject.split('/')[0] ?? '') : ''
    return {subject, tenant: /^[a-z][a-z0-9-]{1,23}$/.test(label) ? label : undefined}
  }

  /** What is signed: what was typed, unless what it names counts rather than its name: a file, a request of somebody else. */
  protected signs({request}: Said): Request | Promise<Request> {
    return request
  }

  protected override async reply(typed: Said): Promise<Answer> {
    if (typed.flags.plan) return this.answer(typed)
    const {world} = typed
    const request = await this.signs(typed)
    return world.mutate({request, ...this.about(typed)}, signed => this.answer({...typed, signed}))
  }
}

/**
 * A mutation whose whole effect is in the ledger. With `--plan` it is done as if it were meant, signature and refusals
 * included, in a transaction that is taken back: what it answers is what would be.
 */
export abstract class LedgerMutation extends Mutation {
  static override baseFlags = {...mutationFlags, ...planFlag}
  protected override readonly rehearses = true

  protected override async reply(typed: Said): Promise<Answer> {
    const {plan, ...meant} = typed.flags
    const answer = await super.reply({...typed, flags: meant})
    return plan ? {...answer, view: [answer.view, 'This is the plan: nothing was changed.']} : answer
  }
}

/** oclif would wait for an argument on stdin; what is piped to a command is no argument of it. */
function unprompted(ctor: typeof Command): typeof Command {
  const {args, flags, baseFlags, strict, enableJsonFlag} = ctor
  const silent = Object.entries(args).map(([name, arg]) => [name, {...arg, ignoreStdin: true}])
  return {...ctor, flags, baseFlags, strict, enableJsonFlag, args: Object.fromEntries(silent)} as typeof Command
}

interface Said extends Pick<Typed<typeof Command>, 'words' | 'world' | 'request'> {
  readonly args: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, unknown>>
}

const notInput = new Set(['json', 'reason', 'ticket', 'operator-key', 'plan', 'detach', 'wait', 'confirm'])

function requestOf(id: string, typed: Record<string, unknown>): Request {
  const input = Object.fromEntries(
    Object.entries(typed).filter(([name, value]) => !notInput.has(name) && value !== undefined),
  )
  const {reason, ticket} = typed as {reason?: string; ticket?: string}
  return {
    command: id.replaceAll(':', ' '),
    input,
    ...(reason === undefined ? {} : {reason}),
    ...(ticket === undefined ? {} : {ticket}),
  }
}
