import {Refusal} from '../error.ts'
import type {Streams} from '../terminal/streams.ts'

export interface Danger {
  /** The name to type: `acme`, `north-1`. */
  readonly name: string
  /** What cannot be undone, one sentence. */
  readonly warning: string
  /** What was given with `--confirm`. */
  readonly confirm: string | undefined
}

/** Danger asks for the thing's name, or `--confirm NAME`: the same proof with and without a terminal. */
export async function confirmed({name, warning, confirm}: Danger, streams: Streams, ask: Ask = prompt): Promise<void> {
  if (confirm !== undefined) {
    if (confirm !== name)
      throw notConfirmed(name, `--confirm says ${JSON.stringify(confirm)}, but this is about ${name}.`)
    return
  }
  if (!streams.interactive)
    throw notConfirmed(name, `${warning} It was not confirmed, and there is no terminal to ask on.`)
  streams.err.write(`${warning}\n`)
  const typed = await ask(`Type ${name} to go on:`)
  if (typed.trim() !== name)
    throw notConfirmed(name, `${JSON.stringify(typed.trim())} is not ${name}; nothing was done.`)
}

export interface Question {
  readonly message: string
  /** The flag that says the same: `--host-key-fingerprint SHA256:…`. */
  readonly flag: string
}

/** Asks one line of a person. Without a terminal it is refused, naming the flag. */
export async function asked({message, flag}: Question, streams: Streams, ask: Ask = prompt): Promise<string> {
  if (streams.interactive) return ask(message)
  throw new Refusal('input-invalid', `${flag} is missing, and there is no terminal to ask on.`, {
    remedies: [`Give ${flag}.`],
  })
}

export type Ask = (message: string) => Promise<string>

async function prompt(message: string): Promise<string> {
  const {input} = await import('@inquirer/prompts')
  return input({message}, {output: process.stderr})
}

function notConfirmed(name: string, message: string): Refusal {
  return new Refusal('confirmation-missing', message, {remedies: [`--confirm ${name}`]})
}
