import {Readable} from 'node:stream'
import {Bug, Failure} from '../error.ts'
import {Secret} from '../secret/secret.ts'
import type {Action, Answer, Exchange, Input, Question} from './model.ts'

/** An exchange as bytes for the reader's stdin: its header, all frames, then all inputs, each of a length said before. */
export async function* encode(exchange: Exchange): AsyncGenerator<Uint8Array> {
  const {id, fence, frames} = exchange
  const actions = frames.filter(isAction)
  const text = Buffer.from(frames.map(frame).join(''))
  const body = actions.reduce((sum, action) => sum + sizeOf(action.input), 0)
  const held = fence ? [asName(fence.lock), asName(fence.run), fence.epoch] : ['-', '-', 0]
  const changing = actions.length > 0 ? 1 : 0
  yield Buffer.from(`exchange ${[asName(id), ...held, changing, frames.length, text.length, body].join(' ')}\n`)
  yield text
  for (const action of actions) yield* bytes(action)
}

/** As a machine knows an exchange, a lock or a run: a word and a file's name; the scheduler's runs have slashes in theirs. */
export function asName(name: string): string {
  return [...Buffer.from(name)]
    .map(byte => String.fromCharCode(byte))
    .map(letter =>
      /[A-Za-z0-9._:@-]/.test(letter) ? letter : `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .join('')
}

/** True for a frame that changes something. */
export const isAction = (frame: Question | Action): frame is Action => 'act' in frame

function frame(frame: Question | Action): string {
  const head = isAction(frame)
    ? ['act', frame.act, frame.secretAnswer ? 2 : frame.shared ? 1 : 0, frame.args.length, sizeOf(frame.input)]
    : ['ask', frame.ask, 0, frame.args.length, 0]
  return [head.join(' '), ...frame.args.map(escaped), ''].join('\n')
}

function escaped(argument: string): string {
  if (argument.includes('\0')) throw new Bug('An argument of a program contains a NUL.')
  return argument.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function sizeOf(input: Input | undefined): number {
  if (input === undefined) return 0
  if (input instanceof Secret) return sizeOf(input.expose())
  return typeof input === 'string' ? Buffer.byteLength(input) : input instanceof Uint8Array ? input.length : input.size
}

async function* bytes({act, input}: Action): AsyncGenerator<Uint8Array> {
  const plain = input instanceof Secret ? input.expose() : input
  if (plain === undefined) return
  if (typeof plain === 'string') yield Buffer.from(plain)
  else if (plain instanceof Uint8Array) yield plain
  else {
    let left = plain.size
    for await (const chunk of plain.open()) {
      left -= chunk.length
      if (left < 0) break
      yield chunk
    }
    if (left !== 0)
      throw new Bug(`The input of ${act} is not as long as it was said to be.`, {facts: {size: plain.size}})
  }
}

/** How an exchange ended on the machine; `cut` when its last word never came. */
export type Ending =
  | {readonly kind: 'end'}
  | {readonly kind: 'refused'; readonly epoch: number; readonly run: string}
  | {readonly kind: 'failed'; readonly why: string}
  | {readonly kind: 'cut'}

/** Reads the machine's side of an exchange as it comes; whatever a login shell says before the greeting is left out. */
export class Reading {
  readonly answers: Answer[] = []
  ending: Ending = {kind: 'cut'}
  greeted = false
  #chunks: Buffer[] = []
  #have = 0
  #need = 0
  #total = 0

  /** True when the machine has said its last word. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#have += chunk.length
    this.#total += chunk.length
    if (this.#total > mostBytes) throw strange(`said more than ${mostBytes} bytes`)
    // Large answers are put together once, not at every chunk.
    if (this.#have < this.#need) return false
    let rest = Buffer.concat(this.#chunks)
    for (let used = this.#one(rest); used > 0; used = this.#one(rest)) rest = rest.subarray(used)
    this.#chunks = [rest]
    this.#have = rest.length
    return this.ending.kind !== 'cut'
  }

  #one(rest: Buffer): number {
    const line = rest.indexOf(10)
    if (line < 0 && rest.length > longestLine) throw strange('said a line without an end')
    if (line < 0 || this.ending.kind !== 'cut') return 0
    const words = rest.toString('utf8', 0, line).split(' ')
    if (!this.greeted) {
      this.greeted = words.join(' ').endsWith('selfhelp 1')
      return line + 1
    }
    if (words[0] !== 'frame') {
      this.ending = ending(words)
      return line + 1
    }
    const [exit = -1, out = -1, err = -1] = words.slice(2).map(Number)
    if (![exit, out, err].every(number => number >= 0 && number <= mostBytes))
      throw strange('said lengths that are none')
    const from = line + 1
    this.#need = from + out + err
    if (rest.length < this.#need) return 0
    this.answers.push({
      exit,
      out: rest.toString('utf8', from, from + out),
      err: rest.toString('utf8', from + out, this.#need),
    })
    const used = this.#need
    this.#need = 0
    return used
  }
}

/** More than any exchange needs, and less than what would bring us down: a machine may have fallen to somebody. */
const mostBytes = 268_435_456
const longestLine = 65_536

function strange(what: string): Failure {
  return new Failure('exchange-failed', `A machine answered with what is no answer of an exchange: it ${what}.`)
}

function ending([word, ...rest]: string[]): Ending {
  if (word === 'end') return {kind: 'end'}
  if (word === 'refused') return {kind: 'refused', epoch: Number(rest[0]), run: decodeURIComponent(rest[1] ?? '-')}
  if (word === 'failed') return {kind: 'failed', why: rest.join(' ')}
  throw strange(`said ${JSON.stringify(word?.slice(0, 40))}`)
}

/** For tests: every byte an exchange would send. */
export async function encoded(exchange: Exchange): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of Readable.from(encode(exchange))) chunks.push(chunk)
  return Buffer.concat(chunks)
}
