import {type ChildProcess, spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {Duplex} from 'node:stream'
import {Failure} from '../error.ts'
import {packageRoot} from '../root.ts'
import type {Probe} from './model.ts'
import {argvAt} from './way.ts'

/** TCP connections that begin where the probe stands, over one process there. */
export interface Dialling {
  /** Throws `Failure('address-unreachable')`, or `Failure('probe-failed')` when the probe point itself does not work. */
  dial(address: string, port: number): Promise<Duplex>
  /** Ends the process and every connection. */
  close(): Promise<void>
}

const connectWithin = 5_000

/** Begins the relay at the probe point. */
export function dialFrom(probe: Probe): Dialling {
  return dialBy(probe.name, argv => argvAt(probe, argv))
}

/** Begins the relay with the command line that runs it there. */
export function dialBy(name: string, there: (argv: readonly string[]) => readonly string[]): Dialling {
  const program = readFileSync(join(packageRoot(), 'src/probe/host/relay.pl'), 'utf8')
  const [first = '', ...rest] = there(['perl', '-e', program])
  const relay = new Relay(name, spawn(first, rest, {stdio: ['pipe', 'pipe', 'pipe']}))
  return {
    dial: (address, port) => relay.open(address, port),
    close: () => relay.close(),
  }
}

class Relay {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #carried = new Map<string, Carried>()
  #next = 0
  #trouble: Failure | undefined
  #said = ''

  constructor(name: string, child: ChildProcess) {
    this.#name = name
    this.#child = child
    this.#ended = new Promise(resolve => child.once('close', () => resolve()))
    child.stdin?.on('error', () => {})
    child.stderr?.setEncoding('utf8').on('data', text => {
      this.#said = (this.#said + text).slice(-300)
    })
    child.once('error', error => this.#end(error.message))
    child.once('close', code => this.#end(this.#said.trim() || `its relay ended with ${code}`))
    if (child.stdout) createInterface({input: child.stdout}).on('line', line => this.#hear(line))
  }

  open(address: string, port: number): Promise<Duplex> {
    if (this.#trouble) return Promise.reject(this.#trouble)
    const id = `${this.#next++}`
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(late)
        this.#forget(id)
        reject(this.#trouble ?? unreachable({address, port, from: this.#name, why}))
      }
      const late = setTimeout(() => fail(`no answer within ${connectWithin / 1_000} s`), connectWithin)
      const say = (verb: string, ...words: readonly string[]) => this.#say(verb, id, ...words)
      const carried = new Carried(say, {
        opened: () => {
          clearTimeout(late)
          resolve(carried)
        },
        fail,
      })
      carried.once('close', () => this.#forget(id))
      this.#carried.set(id, carried)
      this.#say('o', id, address, `${port}`)
    })
  }

  async close(): Promise<void> {
    for (const each of this.#carried.values()) each.destroy()
    this.#child.stdin?.end()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 2_000)
    await this.#ended
    clearTimeout(late)
  }

  #say(verb: string, id: string, ...words: readonly string[]): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${[verb, id, ...words].join(' ')}\n`)
  }

  #hear(line: string): void {
    const [verb = '', id = '', ...rest] = line.split(' ')
    this.#carried.get(id)?.hear(verb, rest.join(' '))
  }

  #forget(id: string): void {
    if (this.#carried.delete(id)) this.#say('c', id)
  }

  #end(why: string): void {
    this.#trouble ??= new Failure('probe-failed', `The probe point ${this.#name} does not work: ${why}.`, {
      facts: {probe: this.#name},
      remedies: ['selfhelp probe list'],
    })
    for (const each of this.#carried.values()) each.hear('x', why)
  }
}

interface Opening {
  opened(): void
  fail(why: string): void
}

/** One connection, carried. */
class Carried extends Duplex {
  readonly #say: (verb: string, ...words: readonly string[]) => void
  #opening: Opening | undefined

  constructor(say: (verb: string, ...words: readonly string[]) => void, opening: Opening) {
    super({allowHalfOpen: true})
    // A reset can arrive before the caller has the stream in hand: it must fail that caller's read, not the process.
    this.on('error', () => {})
    this.#say = say
    this.#opening = opening
  }

  hear(verb: string, word: string): void {
    if (verb === 'o') this.#opening?.opened()
    else if (verb === 'x' && this.#opening) this.#opening.fail(word)
    if (verb === 'd') this.push(Buffer.from(word, 'hex'))
    else if (verb === 'e') this.push(null)
    else if (verb === 'x') this.destroy(this.#opening ? undefined : new Error(word))
    this.#opening = undefined
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#say('d', bytes.toString('hex'))
    done()
  }

  override _final(done: () => void): void {
    this.#say('e')
    done()
  }
}

function unreachable(about: {address: string; port: number; from: string; why: string}): Failure {
  const {address, port, from, why} = about
  return new Failure('address-unreachable', `${address}, port ${port}, does not answer from ${from}: ${why}.`, {
    facts: {address, port, probe: from},
  })
}
