import {Failure} from '../error.ts'

export interface EngineEnd {
  /** `acme/production` */
  readonly environment: string
  readonly host: string
  /** `the full backup` */
  readonly doing: string
  readonly exit: number
  readonly said: string
}

/** What the engine's exit means, what is true then, and what to type; by pgBackRest's own table of errors. */
export function engineTrouble({environment, host, doing, exit, said}: EngineEnd): Failure {
  const {means, remedies} = table[exit] ?? unknown
  const message = `${capital(doing)} of ${environment} ended with ${exit} on ${host}: ${means}.`
  return new Failure('backup-engine-failed', message, {
    facts: {environment, host, exit, said: said.slice(-2000)},
    remedies: remedies.map(remedy => remedy.replaceAll('ENV', environment).replaceAll('HOST', host)),
  })
}

interface Meaning {
  readonly means: string
  readonly remedies: readonly string[]
}

const status = 'selfhelp backup status ENV'
const unknown: Meaning = {means: 'see what it said', remedies: [status]}

const table: Readonly<Record<number, Meaning>> = {
  28: {means: 'what the repository holds belongs to another cluster', remedies: [status]},
  29: {
    means: 'a file of the repository cannot be read: it is corrupt, or the passphrase does not open it',
    remedies: ['selfhelp backup verify ENV', 'selfhelp backup take ENV --type full'],
  },
  31: {means: 'it was given an option it does not know', remedies: ['selfhelp host apply HOST']},
  37: {means: 'it does not know this environment there', remedies: ['selfhelp environment activate ENV']},
  38: {means: 'a server runs on the folder that is to be restored', remedies: ['selfhelp run list']},
  40: {means: 'the folder to restore into is not empty', remedies: ['selfhelp run list']},
  42: {
    means: 'a file or folder cannot be opened; the disk may be full or read-only',
    remedies: ['selfhelp host show HOST'],
  },
  49: {means: 'the other host does not answer', remedies: ['selfhelp doctor']},
  50: {means: 'another backup of it is at work', remedies: ['Wait for it, then type it again.']},
  55: {means: 'a file it needs is not in the repository', remedies: ['selfhelp backup verify ENV']},
  56: {means: 'its database does not answer', remedies: ['selfhelp environment show ENV']},
  58: {
    means: 'the database has made no checkpoint since it was restored',
    remedies: ['selfhelp backup take ENV --type full'],
  },
  64: {
    means: 'a file cannot be written: the disk of the repository is full',
    remedies: [status, 'Give HOST more disk.'],
  },
  75: {means: 'no backup was taken before the time asked for', remedies: ['selfhelp backup list ENV']},
  82: {
    means: 'WAL it needs was not archived in time; the repository may be full or unreachable from the database',
    remedies: [status],
  },
  103: {means: 'not all repositories could do it; the disk may be full, or the other host away', remedies: [status]},
  104: {means: 'the disk of the repository is full', remedies: [status, 'Give HOST more disk.']},
  124: {means: 'another backup of it was at work for too long', remedies: [status]},
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
