import {type Clock, systemClock} from '../clock.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {homeOf} from './home.ts'
import type {Interruption} from './interruption.ts'
import {type Progress, progressOn} from './progress.ts'
import type {Streams} from './streams.ts'

/**
 * The collaborators, made once per command and passed in. Each heavy part is a function that imports and opens
 * what it needs at its first call; `close` ends what was opened.
 */
export interface World {
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
  /** `SELFHELP_HOME`: keys, the private ledger, caches. */
  readonly home: string
  readonly streams: Streams
  readonly progress: Progress
  readonly interruption: Interruption
  /** Opens the ledger at the first call. Refusals `ledger-missing` and `ledger-too-new`. */
  ledger(): Promise<Ledger>
  close(): Promise<void>
}

export interface Given {
  readonly env: NodeJS.ProcessEnv
  readonly streams: Streams
  readonly interruption: Interruption
  /** With `--json` nothing talks. */
  readonly quiet: boolean
}

/** The real world of a command. */
export function makeWorld({env, streams, interruption, quiet}: Given): World {
  const home = homeOf(env, process.getuid?.() ?? 0)
  let ledger: Promise<Ledger> | undefined
  return {
    clock: systemClock,
    env,
    home,
    streams,
    progress: progressOn(streams.err, {quiet}),
    interruption,
    ledger: () => {
      ledger ??= import('../ledger/open.ts').then(({openLedger}) => openLedger({home, env}))
      return ledger
    },
    // One that could not be opened has said so already.
    close: async () => (await ledger?.catch(() => undefined))?.close(),
  }
}
