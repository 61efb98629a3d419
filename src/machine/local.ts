import {spawn} from 'node:child_process'
import {exchangeOver} from './exchange.ts'
import type {Connection, Exchange} from './model.ts'
import {bootstrap, readerProgram} from './program.ts'

export interface Local {
  /** Puts the reader's own files elsewhere. */
  readonly root?: string
  /** Milliseconds. */
  readonly deadline?: number
  /** The connection is lost when this resolves. */
  readonly lost?: Promise<unknown>
}

/** The machine this process runs on (as root), through the same reader. */
export function localConnection(host: string, how: Local = {}): Connection {
  let roundTrips = 0
  return {
    host,
    get roundTrips() {
      return roundTrips
    },
    exchange(exchange: Exchange) {
      roundTrips += 1
      const env = how.root === undefined ? {} : {SELFHELP_ROOT: how.root}
      const child = spawn('/bin/sh', ['-c', bootstrap], {
        env: {PATH: '/usr/bin:/bin', ...env},
        stdio: 'pipe',
        detached: true,
      })
      const channel = {stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, destroy: () => cut(child)}
      child.stdin.write(readerProgram())
      void how.lost?.then(channel.destroy)
      return exchangeOver({host, channel, deadline: how.deadline ?? 900_000}, exchange)
    },
    close: async () => {},
    again: () => localConnection(host, how),
  }
}

/** As a lost connection does: the streams end, the reader lives on. */
function cut(child: ReturnType<typeof spawn>): void {
  for (const stream of child.stdio) stream?.destroy()
}
