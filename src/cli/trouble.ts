import {Bug, CodedError, Refusal} from '../error.ts'
import {paint} from '../terminal/paint.ts'
import {printable, printableJson} from '../terminal/printable.ts'
import type {Out, Streams} from '../terminal/streams.ts'
import {wrap} from '../terminal/wrap.ts'

/** Anything thrown, as one of ours: the parser's complaints are usage, what nobody foresaw is a Bug. */
export function coded(thrown: unknown, command?: string): CodedError {
  if (thrown instanceof CodedError) return thrown
  if (isUsage(thrown)) return usage(thrown, command)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new Bug(`Something happened that selfhelp does not know: ${message}`, {
    remedies: ['Type it again with SELFHELP_DEBUG=1 to see where, and send that to the makers.'],
    cause: thrown,
  })
}

interface OclifError extends Error {
  readonly code?: string
  readonly suggestions?: readonly string[]
}

/** oclif's own errors (unknown flag, missing argument, unknown command) carry an `oclif` property; so does a broken build. */
function isUsage(thrown: unknown): thrown is OclifError {
  return thrown instanceof Error && 'oclif' in thrown && (thrown as OclifError).code !== 'MODULE_NOT_FOUND'
}

function usage(error: OclifError, command?: string): Refusal {
  const message = error.message.replace(/\nSee more help with --help$/, '')
  const help = command === undefined ? 'selfhelp --help' : `selfhelp ${command.replaceAll(':', ' ')} --help`
  return new Refusal('input-invalid', message, {remedies: [...(error.suggestions ?? []), help]})
}

/** Tells a person on stderr, or a program on stdout, and gives the exit. `SELFHELP_DEBUG` shows the stack. */
export function report(error: CodedError, {out, err}: Streams, json: boolean): number {
  const debug = Boolean(process.env.SELFHELP_DEBUG)
  if (json) out.write(`${printableJson(troubleJson(error))}\n`)
  if (!json || debug) err.write(troubleText(error, err, debug))
  return error.exit
}

/** The JSON of a failure: the whole answer on stdout. */
function troubleJson({kind, code, message, facts, remedies, runId}: CodedError): object {
  return {error: {kind, code, message, facts, remedies, ...(runId === undefined ? {} : {runId})}}
}

/** What a person reads on stderr: what happened, what is true now, what to type. */
function troubleText(error: CodedError, out: Out, debug = false): string {
  const head = `${words[error.kind]}:`
  const lines = [wrapped(`${head} ${printable(error.message)}`, out).replace(head, paint(out, 'bad', head))]
  for (const [name, fact] of Object.entries(error.facts)) lines.push(...factLines(name, fact, out))
  if (error.runId !== undefined) lines.push(`  ${paint(out, 'dim', 'run')} ${error.runId}`)
  for (const remedy of error.remedies) lines.push(`${paint(out, 'strong', '→')} ${printable(remedy)}`)
  if (debug) lines.push(printable(stackOf(error)))
  return `${lines.join('\n')}\n`
}

const words = {usage: 'Cannot read this', refusal: 'Refused', failure: 'Failed', bug: 'Bug'} as const

function factLines(name: string, fact: unknown, out: Out): string[] {
  const label = `  ${paint(out, 'dim', name)}`
  // What has parts of its own is for programs; the message says it in words.
  if (fact === undefined || isComposed(fact)) return []
  if (!Array.isArray(fact)) return [`${label} ${factText(fact)}`]
  return fact.length === 0 ? [] : [label, ...fact.map(each => `    ${factText(each)}`)]
}

function isComposed(fact: unknown): boolean {
  if (Array.isArray(fact)) return fact.some(each => typeof each === 'object' && each !== null)
  return typeof fact === 'object' && fact !== null && !('toJSON' in fact)
}

/** At words, on a terminal; lines that begin with blanks keep them. */
function wrapped(text: string, {tty, columns}: Out): string {
  if (!tty) return text
  return text
    .split('\n')
    .flatMap(line => {
      const indent = /^ */.exec(line)?.[0] ?? ''
      return wrap(line.trimStart(), columns - indent.length).map(part => indent + part)
    })
    .join('\n')
}

function factText(fact: unknown): string {
  return printable(typeof fact === 'string' ? fact : JSON.stringify(fact))
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack
}
