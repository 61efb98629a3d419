import type {RunEvent, RunState, StepRecord} from './model.ts'

/** A run as commands answer with it. */
export interface RunResult {
  readonly run: string
  readonly title: string
  readonly state: RunState
  readonly steps: readonly Pick<StepRecord, 'name' | 'state'>[]
}

/** Where steps are shown: a live line each on a terminal, plain lines in a pipe, nothing with `--json`. */
export interface Shows {
  part(title: string): {at(howFar: string): void; done(result?: string): void; failed(why?: string): void}
}

/** Steps by their names, as they will be made. */
export function stepTable(names: readonly string[]) {
  return {heads: ['step', 'what will be true'], rows: names.map((name, at) => [at + 1, name])}
}

/** Draws the events of one run, one part for each step that is made. */
export function drawing(shows: Shows): (event: RunEvent) => void {
  let current: {name: string; part: ReturnType<Shows['part']>} | undefined
  const end = (how: 'done' | 'failed', text?: string) => {
    current?.part[how](text)
    current = undefined
  }
  const begin = (name: string, title: string) => {
    if (current?.name === name) return
    end('failed')
    current = {name, part: shows.part(title)}
  }
  return event => {
    if (event.kind === 'told') current?.part.at(event.text)
    else if (event.kind === 'retry') {
      begin(event.name, event.name)
      // Each try is a line of its own: who watches a host come back wants to see it.
      end('failed', `${event.why.replace(/\.$/, '')}; again in ${seconds(event.inMilliseconds)}`)
    } else if (event.kind === 'step') {
      begin(event.name, `${event.position + 1}/${event.of} ${event.name}`)
      if (event.state === 'making') return
      if (event.state === 'failed' || event.state === 'undo-failed')
        end('failed', event.state === 'failed' ? '' : 'not undone')
      else end('done', event.state === 'held' ? 'was so already' : event.state === 'undone' ? 'undone' : '')
    } else if (event.state === 'stopped') end('failed', 'stopped')
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** One event as one plain line, for a process that follows many runs. */
export function eventLine(event: RunEvent): string {
  if (event.kind === 'run') return `${event.run} ${event.state}`
  if (event.kind === 'told') return `${event.run} ${event.name}: ${event.text}`
  if (event.kind === 'retry')
    return `${event.run} ${event.name}: ${event.why.replace(/\.$/, '')}; again in ${seconds(event.inMilliseconds)}`
  return `${event.run} ${event.position + 1}/${event.of} ${event.name}: ${event.state}`
}
