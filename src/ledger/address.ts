import {existsSync} from 'node:fs'
import type {ClientConfig} from 'pg'
import {Refusal} from '../error.ts'
import {readPrivateFile} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'
import {type Place, placeOf} from './place.ts'

/** Where the ledger is: the private PostgreSQL of the home, or the one `SELFHELP_DATABASE_URL` names. */
export type Address =
  | {readonly kind: 'private'; readonly place: Place; readonly database: string}
  | {readonly kind: 'url'; readonly url: string; readonly password: Secret | undefined}

/** `app` for everything, `owner` for migrations, `admin` to make the two. */
export type Role = 'app' | 'owner' | 'admin'

/** Reads the surroundings; a Refusal for a password in the URL, an open password file or a home that is not there. */
export function addressOf(home: string, env: NodeJS.ProcessEnv): Address {
  const url = env.SELFHELP_DATABASE_URL
  if (!url) {
    if (!existsSync(home)) throw missingLedger(home)
    return {kind: 'private', place: placeOf(home, env), database: 'selfhelp'}
  }
  return {kind: 'url', url: withoutPassword(url), password: passwordFrom(env.SELFHELP_DATABASE_PASSWORD_FILE)}
}

/** There is no ledger yet. */
export function missingLedger(where: string): Refusal {
  return new Refusal('ledger-missing', `There is no ledger at ${where}.`, {remedies: ['selfhelp init']})
}

/** How `pg` connects in that role. */
export function connectionOf(address: Address, role: Role): ClientConfig {
  const shared = {application_name: 'selfhelp', connectionTimeoutMillis: 10_000}
  if (address.kind === 'private') {
    const {place, database} = address
    const user = role === 'admin' ? 'postgres' : `selfhelp_${role}`
    return {...shared, host: place.socket, port: 5432, user, database}
  }
  // All in the URL: what it says goes before the other properties.
  return {...shared, connectionString: urlOf(address, role).expose()}
}

/** The same as a URL, for libraries that want one; secret when there is a password. */
export function urlOf(address: Address, role: Role): Secret {
  if (address.kind === 'private') {
    const {place, database} = address
    const host = encodeURIComponent(place.socket)
    return new Secret(`postgresql://selfhelp_${role}@localhost:5432/${database}?host=${host}`)
  }
  const url = new URL(address.url)
  if (address.password !== undefined) url.password = encodeURIComponent(address.password.expose())
  const options = url.searchParams.get('options') ?? ''
  if (role !== 'admin') url.searchParams.set('options', `${options} -c role=selfhelp_${role}`.trim())
  return new Secret(url.href)
}

function withoutPassword(text: string): string {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
    throw new Refusal('input-invalid', 'SELFHELP_DATABASE_URL is not a postgresql:// URL.', {
      remedies: ['SELFHELP_DATABASE_URL=postgresql://selfhelp@db.example/selfhelp'],
    })
  const url = new URL(text)
  if (url.password === '' && !url.searchParams.has('password')) return text
  throw new Refusal('password-exposed', 'SELFHELP_DATABASE_URL contains a password; it was not used.', {
    remedies: [
      'Put the password alone into a file of mode 0600, name it in SELFHELP_DATABASE_PASSWORD_FILE, and leave it out of the URL.',
    ],
  })
}

function passwordFrom(file: string | undefined): Secret | undefined {
  if (!file) return undefined
  if (!existsSync(file))
    throw new Refusal('input-invalid', `SELFHELP_DATABASE_PASSWORD_FILE names ${file}, which is not there.`)
  return new Secret(readPrivateFile(file).replace(/\r?\n$/, ''))
}
