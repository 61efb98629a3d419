import {readFileSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'

export type Role = 'presentation' | 'edition'
export type Locale = 'fr' | 'en'

export interface Database {
  /** A host name or address, or the absolute path of the directory of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly name: string
  readonly user: string
  readonly password?: string
  readonly tls?: {readonly ca: string; readonly serverName?: string}
}

/** Loopback with a token, or a Unix socket whose file mode decides who may ask. */
export type AdminListener =
  | {readonly socket: string}
  | {readonly address: string; readonly port: number; readonly token: string}

export interface Config {
  readonly role: Role
  readonly environment: string
  readonly tenant: string
  readonly locale: Locale
  /** The IANA zone that times are shown in; UTC when left out. */
  readonly timeZone: string
  readonly listen: {readonly address: string; readonly port: number}
  readonly admin: AdminListener
  readonly urls: Readonly<Record<Role, string>>
  /** Every address this role is served under: its forms come from there. */
  readonly origins: readonly string[]
  readonly database: Database
  readonly stateFile: string
  /** Addresses whose X-Forwarded-For is believed. */
  readonly proxies: readonly string[]
}

/** The configuration cannot be used; the message lists every problem. */
export class ConfigError extends Error {}

/** Reads the one configuration file. Relative secret paths are under `$CREDENTIALS_DIRECTORY`. Throws `ConfigError`. */
export function readConfig(file: string, credentials: string | undefined): Config {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`)
  }
  const reader = new Reader(json, credentials)
  const config = readAll(reader)
  if (reader.problems.length > 0) throw new ConfigError(`${file}:\n${reader.problems.map(p => `  ${p}`).join('\n')}`)
  return config
}

function readAll(r: Reader): Config {
  return {
    role: r.oneOf('role', ['presentation', 'edition']),
    environment: r.text('environment', /^[a-z0-9-]+\/[a-z0-9-]+$/),
    tenant: r.text('tenant', /^\P{Cc}{1,200}$/u),
    locale: r.oneOf('locale', ['fr', 'en']),
    timeZone: r.at('timeZone') === undefined ? 'UTC' : r.zone('timeZone'),
    listen: {address: r.text('listen.address', /^[0-9a-fA-F.:]+$/), port: r.port('listen.port')},
    admin: readAdmin(r),
    urls: {presentation: r.origin('urls.presentation'), edition: r.origin('urls.edition')},
    origins: r.texts('origins'),
    database: readDatabase(r),
    stateFile: r.text('stateFile', /^\//),
    proxies: r.texts('proxies'),
  }
}

function readAdmin(r: Reader): AdminListener {
  if (r.at('admin.socket') !== undefined) return {socket: r.text('admin.socket', /^\/.{1,100}$/)}
  return {
    // Any process of the machine reaches loopback, another customer's too: hence the token.
    address: r.text('admin.address', /^(127\.[0-9.]+|::1)$/),
    port: r.port('admin.port'),
    token: r.secret('admin.tokenFile'),
  }
}

function readDatabase(r: Reader): Database {
  const serverName = r.at('database.tls.serverName')
  return {
    host: r.text('database.host', /^\S+$/),
    port: r.port('database.port'),
    name: r.text('database.name', /^\S+$/),
    user: r.text('database.user', /^\S+$/),
    ...(r.at('database.passwordFile') === undefined ? {} : {password: r.secret('database.passwordFile')}),
    ...(r.at('database.tls') === undefined
      ? {}
      : {
          tls: {
            ca: r.file('database.tls.ca'),
            ...(serverName === undefined ? {} : {serverName: r.text('database.tls.serverName', /^\S+$/)}),
          },
        }),
  }
}

/** Picks typed values by path and notes every problem instead of stopping at the first. */
class Reader {
  readonly problems: string[] = []
  readonly #json: unknown
  readonly #credentials: string | undefined

  constructor(json: unknown, credentials: string | undefined) {
    this.#json = json
    this.#credentials = credentials
  }

  at(path: string): unknown {
    return path.split('.').reduce<unknown>((value, key) => {
      return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined
    }, this.#json)
  }

  /** Also the older names of a zone, which lists leave out (`Europe/Kiev`). */
  zone(path: string): string {
    const text = this.text(path, /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/)
    try {
      new Intl.DateTimeFormat('en', {timeZone: text})
    } catch {
      this.problems.push(`${path}: a name of the IANA time zone database`)
    }
    return text
  }

  text(path: string, pattern: RegExp): string {
    const value = this.at(path)
    if (typeof value === 'string' && pattern.test(value)) return value
    this.#note(path, `a text matching ${pattern}`)
    return ''
  }

  texts(path: string): string[] {
    const value = this.at(path) ?? []
    if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
    this.#note(path, 'a list of texts')
    return []
  }

  oneOf<T extends string>(path: string, allowed: readonly [T, ...T[]]): T {
    const value = this.at(path)
    const found = allowed.find(item => item === value)
    if (!found) this.#note(path, `one of ${allowed.join(', ')}`)
    return found ?? allowed[0]
  }

  port(path: string): number {
    const value = this.at(path)
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 65_536) return value
    this.#note(path, 'a port number')
    return 0
  }

  origin(path: string): string {
    const value = this.at(path)
    if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) {
      return new URL(value).origin
    }
    this.#note(path, 'an http or https address')
    return ''
  }

  file(path: string): string {
    const name = this.text(path, /^\S/)
    if (!name) return ''
    try {
      return readFileSync(isAbsolute(name) ? name : join(this.#credentials ?? '/run/credentials', name), 'utf8')
    } catch (error) {
      this.problems.push(`${path}: ${(error as Error).message}`)
      return ''
    }
  }

  secret(path: string): string {
    return this.file(path).trimEnd()
  }

  #note(path: string, expected: string): void {
    this.problems.push(`${path}: ${this.at(path) === undefined ? 'missing' : 'not usable'}, expected ${expected}`)
  }
}
