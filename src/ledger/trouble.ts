import {Failure} from '../error.ts'

/** The server is not there, is starting, or went away. */
export function isAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const code = 'code' in thrown ? String(thrown.code) : ''
  if (/^(ECONN|ENOENT|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN|08|57P0|25P03)/.test(code)) return true
  return (
    code === '' &&
    /^(Connection terminated|Client has encountered a connection error|timeout expired)/i.test(thrown.message)
  )
}

const remedy =
  'Type it again when the server answers: that of SELFHELP_DATABASE_URL, else the private one (postgres.log in SELFHELP_HOME says why it does not).'

/** What a caller gets then: typing it again can work. */
export function unreachable(cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure('ledger-unreachable', `The ledger did not answer: ${why}.`, {cause, remedies: [remedy]})
}
