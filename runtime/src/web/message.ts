import type {Html} from './html.ts'

/** A request as the pages see it: read, limited and decoded. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** The address (IPv6: the network) of the person's machine, or of the nearest proxy that is not ours. */
  readonly source: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | AsyncIterable<string> | Buffer
  /** The name of the route, for the log: paths can hold tokens. */
  readonly route?: string
}

export function page(body: Html, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: {'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers},
    body: `<!doctype html>\n${body.text}`,
  }
}

export function json(value: unknown, status = 200): Answer {
  return {
    status,
    headers: {'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store'},
    body: `${JSON.stringify(value)}\n`,
  }
}

/** 303: the browser continues with GET. `to` is a path of ours, never text from outside. */
export function seeOther(to: string, headers: Record<string, string> = {}): Answer {
  return {status: 303, headers: {location: to, 'cache-control': 'no-store', ...headers}, body: ''}
}

/** The fields of a form that was sent; empty for anything that is not one. */
export function form(asked: Asked): URLSearchParams {
  const type = asked.headers['content-type'] ?? ''
  return new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? asked.body : '')
}
