import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, closeSync, openSync} from 'node:fs'
import {Failure} from '../error.ts'

const waitSeconds = 120

/** Holds an exclusive lock on a file until disposed, or until this process is gone, however it goes. */
export async function lockFile(file: string): Promise<AsyncDisposable> {
  // Whoever may read a file may lock it, and keep us waiting for ever.
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  // Node has no flock. The holder ends with our end of its stdin; a session of its own, so that Ctrl-C does not end it early.
  const holder = spawn('flock', ['--exclusive', '--wait', `${waitSeconds}`, file, 'sh', '-c', 'echo held; exec cat'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(holder, 'exit')
  const held = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)])
  if (!held)
    throw new Failure('tool-failed', `Another process has held ${file} for ${waitSeconds} s.`, {
      remedies: [`fuser ${file}`],
    })
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await ended
    },
  }
}
