import {paint} from './paint.ts'
import type {Out} from './streams.ts'

/** What takes longer than two seconds tells how far it is; nouns get this passed in and import only the type. */
export interface Progress {
  /** Begins a part; end it with `done` or `failed`. */
  part(title: string): Part
}

export interface Part {
  /** How far it is, in words (`12 of 40 packages`, `37 %`). */
  at(howFar: string): void
  done(result?: string): void
  failed(why?: string): void
}

/** Says nothing. */
export const quietly: Progress = {part: () => ({at: () => {}, done: () => {}, failed: () => {}})}

const redrawn = 120
const told = 5000
const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Progress on stderr: a live line per part on a terminal, plain lines in a pipe. `quiet` for `--json`. */
export function progressOn(out: Out, options: {quiet?: boolean; milliseconds?: () => number} = {}): Progress {
  const now = options.milliseconds ?? (() => performance.now())
  if (options.quiet) return quietly
  return {part: title => (out.tty ? livePart(title, out, now) : plainPart(title, out, now))}
}

function livePart(title: string, out: Out, now: () => number): Part {
  const began = now()
  let howFar = ''
  let frame = 0
  const draw = () => {
    const line = `${frames[frame++ % frames.length]} ${title} ${howFar} ${seconds(now() - began)}`
    out.write(`\r\x1b[2K${[...line].slice(0, out.columns - 1).join('')}`)
  }
  const timer = setInterval(draw, redrawn)
  timer.unref()
  draw()
  const end = (mark: string, text = '') => {
    clearInterval(timer)
    out.write(`\r\x1b[2K${mark} ${title}${text && ` ${text}`} ${paint(out, 'dim', seconds(now() - began))}\n`)
  }
  return {
    at: text => {
      howFar = text
    },
    done: text => end(paint(out, 'good', '✓'), text),
    failed: text => end(paint(out, 'bad', '✗'), text),
  }
}

function plainPart(title: string, out: Out, now: () => number): Part {
  const began = now()
  let last = began
  // What ends within a second needs one line, not two.
  const begun = setTimeout(() => out.write(`${title} …\n`), 1000)
  begun.unref()
  const end = (mark: string, text = '') => {
    clearTimeout(begun)
    out.write(`${title}: ${mark}${text && ` ${text}`} (${seconds(now() - began)})\n`)
  }
  return {
    at: text => {
      if (now() - last < told) return
      last = now()
      out.write(`${title}: ${text}\n`)
    },
    done: text => end('done', text),
    failed: text => end('failed', text),
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
