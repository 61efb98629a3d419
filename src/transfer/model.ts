import {Refusal} from '../error.ts'
import type {DestinationRow} from '../ledger/transfer.ts'

/** A place on a customer's server. */
export type Place = Pick<DestinationRow, 'protocol' | 'host' | 'port' | 'account' | 'folder'>

const ports = {ftps: 21, sftp: 22, ftp: 21} as const

/** `sftp://account@host:port/folder` as a place. Throws `input-invalid`, and `password-exposed` for one with a password. */
export function placeIn(text: string): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const protocol = (['ftps', 'sftp', 'ftp'] as const).find(each => url?.protocol === `${each}:`)
  if (url?.password)
    throw new Refusal(
      'password-exposed',
      'The address holds a password, which would stand in journals; it was not used.',
      {
        remedies: ['Put it into a file of your own, and name that with --password-file.'],
      },
    )
  const account = decoded(url?.username)
  const folder = decoded(url?.pathname)?.replace(/\/+$/, '')
  // A line end would begin another command of FTP.
  const plain = /^[^\p{C}]*$/u.test(`${account}${folder}`)
  if (!url?.hostname || protocol === undefined || !account || folder === undefined || !plain)
    throw new Refusal('input-invalid', `${JSON.stringify(text)} names no account on a server.`, {
      remedies: ['Write ftps://ACCOUNT@HOST/FOLDER or sftp://ACCOUNT@HOST/FOLDER; :PORT where it is another.'],
    })
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {protocol, host, port: url.port === '' ? ports[protocol] : Number(url.port), account, folder}
}

/** Undefined where a `%` begins no byte of UTF-8. */
function decoded(text = ''): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The same as people type it. */
export function shownPlace({protocol, host, port, account, folder}: Place): string {
  const where = host.includes(':') ? `[${host}]` : host
  return `${protocol}://${account}@${where}${port === ports[protocol] ? '' : `:${port}`}${folder}`
}

/** Secrets of an environment's copies: what lets us in there, and what opens a copy. */
export const secretsOf = (id: string) =>
  ({access: `environment/${id}/transfer-access`, key: `environment/${id}/transfer-key`}) as const

/** What sends the copies of an environment each month. */
export const scheduleOf = ({id}: {readonly id: string}): string => `backup-transfer-${id}`

/** How a copy is opened, by whoever has the key; the same words that `backup transfer-key` says. */
export const opening = (file: string): string =>
  `openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000 -pass file:KEY -in ${file} | pg_restore --no-owner --create -d postgres`
