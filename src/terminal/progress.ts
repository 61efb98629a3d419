import {paint} from './paint.ts'
import {printable} from './printable.ts'
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

/** Tells how many hosts have answered, while there is more than one to wait for. */
export async function fleetProgress<T>(
  progress: Progress,
  hosts: number,
  work: (tell: (done: number, of: number) => void) => Promise<T>,
): Promise<T> {
  const part = (hosts > 1 ? progress : quietly).part(`${hosts} hosts`)
  try {
    const result = await work((done, of) => part.at(`${done} of ${of}`))
    part.done()
    return result
  } catch (error) {
    part.failed()
    throw error
  }
}

const redrawn = 120
const early = 1000
const told = 5000
const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Progress on stderr: a live line per part on a terminal, plain lines in a pipe. `quiet` for `--json`. */
export function progressOn(out: Out, options: {quiet?: boolean; milliseconds?: () => number} = {}): Progress {
  const now = options.milliseconds ?? (() => performance.now())
  if (options.quiet) return quietly
  return {
    part: title => {
      const part = (out.tty ? livePart : plainPart)(printable(title), out, now)
      const ending = (end: Part['done']) => (text?: string) => end(text && printable(text))
      return {at: text => part.at(printable(text)), done: ending(part.done), failed: ending(part.failed)}
    },
  }
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

/** What ends within a second gets one line; what lasts says so, and every five seconds how far it is. */
function plainPart(title: string, out: Out, now: () => number): Part {
  const began = now()
  let howFar = ''
  const tell = (text: string) => out.write(`${title}${text}\n`)
  const begun = setTimeout(() => tell(' …'), early).unref()
  const again = setInterval(() => tell(`: ${howFar || 'still at it'} (${seconds(now() - began)})`), told).unref()
  const end = (how: string) => {
    clearTimeout(begun)
    clearInterval(again)
    tell(`: ${how} (${seconds(now() - began)})`)
  }
  return {
    at: text => {
      howFar = text
    },
    done: text => end(text || 'done'),
    failed: text => end(text ? `failed: ${text}` : 'failed'),
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
