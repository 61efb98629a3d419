import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Config, Locale} from './config.ts'
import type {Sql} from './database.ts'
import {log} from './log.ts'
import type {Procedure} from './portal/procedure.ts'
import type {Release} from './release.ts'
import type {State} from './state.ts'
import {html} from './web/html.ts'
import {plain, type Scene, shownTime} from './web/layout.ts'
import type {Limit} from './web/limit.ts'
import type {App} from './web/listener.ts'
import {type Answer, type Asked, page} from './web/message.ts'
import {words} from './web/words.ts'

/** Everything the pages of both roles work with. */
export interface Context {
  readonly config: Config
  readonly release: Release
  readonly procedures: readonly Procedure[]
  readonly state: () => State
  readonly clock: () => number
  readonly sql: Sql
  /** Runs work in a transaction of its own. */
  readonly together: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>
  readonly limits: {readonly account: Limit; readonly source: Limit; readonly feedback: Limit}
}

export interface Visit {
  readonly asked: Asked
  readonly scene: Scene
  /** The path without the language. */
  readonly path: string
}

/** Answers a visit, or undefined when the path is none of its pages. */
export type Pages = (visit: Visit) => Promise<Answer | undefined>

/** The public pages of one role: language, mode, origin of forms, then the role's own pages; everything else is 404. */
export function createApp(context: Context, pages: Pages): App {
  const assets = readAssets(context.release.root)
  return async asked => {
    const asset = assets.get(asked.path)
    if (asset && isReading(asked)) return asset
    const visit = visited(context, asked)
    return guarded(context, visit) ?? (await shown(visit, pages))
  }
}

/** True for methods that change nothing. */
export function isReading(asked: Asked): boolean {
  return asked.method === 'GET' || asked.method === 'HEAD'
}

/** The page that says changes are suspended. */
export function readOnlyPage(scene: Scene): Answer {
  const w = words[scene.locale]
  return page(plain(scene, w.readOnlyTitle, w.readOnlyText), 503, retryAfter(scene.state, Date.now()))
}

function visited(context: Context, asked: Asked): Visit {
  const {config, release} = context
  const found = /^\/(fr|en)(\/.*)$/.exec(asked.path)
  const locale = (found?.[1] as Locale | undefined) ?? config.locale
  // One leading slash: `//elsewhere` in a link would lead to another site.
  const path = (found?.[2] ?? asked.path).replace(/^\/+/, '/')
  const query = asked.query.toString()
  const here = isReading(asked) ? `${path}${query ? `?${query}` : ''}` : '/'
  return {asked, path, scene: {role: config.role, config, release, state: context.state(), locale, here}}
}

function guarded(context: Context, {asked, scene}: Visit): Answer | undefined {
  const w = words[scene.locale]
  if (scene.state.mode === 'closed') return {...closedPage(scene, context.clock()), route: 'closed'}
  if (isReading(asked)) return undefined
  if (asked.method !== 'POST')
    return {...page(plain(scene, '405', ''), 405, {allow: 'GET, HEAD, POST'}), route: 'method'}
  if (isOurs(asked, scene)) return undefined
  return {...page(plain(scene, '403', w.cautionOrigin), 403), route: 'other-origin'}
}

function closedPage(scene: Scene, now: number): Answer {
  const w = words[scene.locale]
  const {until} = scene.state
  const reopening =
    until === undefined ? '' : html`<br>${w.closedUntil} <time datetime="${until}">${shownTime(scene, until)}</time>`
  return page(plain(scene, w.closedTitle, html`${w.closedText}${reopening}`), 503, retryAfter(scene.state, now))
}

// A browser always says where a form comes from; what does not say it is not a browser with somebody's session.
function isOurs(asked: Asked, scene: Scene): boolean {
  const {urls, origins} = scene.config
  const {origin} = asked.headers
  return origin !== undefined && (origin === urls[scene.role] || origins.includes(origin))
}

async function shown(visit: Visit, pages: Pages): Promise<Answer> {
  const w = words[visit.scene.locale]
  try {
    const answer = await pages(visit)
    return answer ?? {...page(plain(visit.scene, w.notFound, w.notFoundText), 404), route: 'not-found'}
  } catch (error) {
    log('error', 'request-failed', {error})
    const body = plain(visit.scene, w.unavailableTitle, w.unavailableText)
    return {...page(body, 503, {'retry-after': '30'}), route: 'failed'}
  }
}

function retryAfter(state: State, now: number): Record<string, string> {
  const seconds = state.until === undefined ? 300 : Math.ceil((Date.parse(state.until) - now) / 1000)
  return {'retry-after': String(Math.min(Math.max(seconds, 1), 3600))}
}

function readAssets(root: string): Map<string, Answer> {
  const folder = join(root, 'assets')
  const styles = readdirSync(join(folder, 'style')).sort()
  const asset = (type: string, body: Buffer): Answer => ({
    status: 200,
    headers: {'content-type': type, 'cache-control': 'public, max-age=86400'},
    body,
    route: 'asset',
  })
  return new Map([
    ['/assets/favicon.svg', asset('image/svg+xml', readFileSync(join(folder, 'favicon.svg')))],
    [
      '/assets/style.css',
      asset('text/css; charset=utf-8', Buffer.concat(styles.map(name => readFileSync(join(folder, 'style', name))))),
    ],
  ])
}
