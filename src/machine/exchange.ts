import type {Readable, Writable} from 'node:stream'
import {CodedError, Failure, Refusal} from '../error.ts'
import type {Answer, Exchange} from './model.ts'
import {encode, isAction, Reading} from './wire.ts'

/** The three streams of one started reader, wherever it runs; it has been given its program. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Ends it at once, without a word. */
  destroy(): void
}

interface Over {
  readonly host: string
  readonly channel: Channel
  /** Milliseconds until a silent machine counts as unreachable. */
  readonly deadline: number
}

/**
 * One exchange over a started reader: the answers up to the first action that failed, in order.
 * Throws `Failure('host-unreachable')`, `Failure('exchange-failed')`, `Refusal('epoch-superseded')`.
 */
export async function exchangeOver(over: Over, exchange: Exchange): Promise<readonly Answer[]> {
  const {channel} = over
  const reading = new Reading()
  let complaint = ''
  channel.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  const sent = send(over, exchange)
  const why = await lastWord(over, reading, sent)
  channel.stdin.end()
  return outcome({...over, exchange, reading, why, complaint: complaint.trim()})
}

/** Resolves when nothing more will come: with the reason when the machine's last word is missing. */
function lastWord({channel, deadline}: Over, reading: Reading, sent: Promise<void>): Promise<unknown> {
  return new Promise(resolve => {
    const timer = setTimeout(() => {
      channel.destroy()
      resolve(new Error(`no answer within ${deadline} ms`))
    }, deadline)
    const done = (why?: unknown) => {
      clearTimeout(timer)
      resolve(why)
    }
    channel.stdout.on('data', (chunk: Buffer) => {
      try {
        if (reading.add(chunk)) done()
      } catch (error) {
        channel.destroy()
        done(error)
      }
    })
    channel.stdout.on('error', done)
    channel.stdout.on('close', () => done())
    // What a reader that has left did not take is no trouble; an input that cannot be read is.
    sent.catch(error => {
      if (error?.code === 'EPIPE' || error?.code === 'ERR_STREAM_DESTROYED' || error?.code === 'ECONNRESET') return
      channel.destroy()
      done(error)
    })
  })
}

async function send({channel}: Over, exchange: Exchange): Promise<void> {
  const {stdin} = channel
  let broken: Error | undefined
  stdin.on('error', error => {
    broken = error
  })
  const write = async (chunk: Uint8Array) => {
    if (broken) throw broken
    if (!stdin.write(chunk)) await drained(stdin)
  }
  for await (const chunk of encode(exchange)) await write(chunk)
}

function drained(stdin: Writable): Promise<void> {
  return new Promise(resolve => {
    const on = () => {
      for (const event of ['drain', 'close', 'error']) stdin.off(event, on)
      resolve()
    }
    for (const event of ['drain', 'close', 'error']) stdin.on(event, on)
  })
}

interface Heard extends Over {
  readonly exchange: Exchange
  readonly reading: Reading
  readonly why: unknown
  readonly complaint: string
}

function outcome({host, exchange, reading, why, complaint}: Heard): readonly Answer[] {
  const {answers, ending} = reading
  if (ending.kind === 'end') return answers
  const {frames, fence} = exchange
  const facts = {host, exchange: exchange.id, frames: frames.length, answered: answers.length, complaint}
  if (ending.kind === 'refused')
    throw new Refusal(
      'epoch-superseded',
      `${host} refused: run ${ending.run} has taken over the lock ${fence?.lock}.`,
      {
        facts: {...facts, epoch: fence?.epoch, highest: ending.epoch},
        remedies: [`selfhelp run show ${ending.run}`],
      },
    )
  if (ending.kind === 'failed')
    throw new Failure('exchange-failed', `${host} could not take the exchange: ${ending.why}.`, {facts})
  if (why instanceof CodedError) throw why
  if (!reading.greeted && complaint)
    throw new Failure('exchange-failed', `${host} could not start the exchange: ${complaint}`, {facts})
  const next = frames[answers.length]
  const reached = next ? `before the answer of ${isAction(next) ? next.act : next.ask}` : 'after its last answer'
  throw new Failure('host-unreachable', `${host} did not answer to the end: it was cut ${reached}.`, {
    facts,
    cause: why,
  })
}
