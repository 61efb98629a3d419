import type {Config, Locale, Role} from '../config.ts'
import type {Release} from '../release.ts'
import type {State} from '../state.ts'
import {type Html, html, type Piece} from './html.ts'
import {words} from './words.ts'

/** What every page knows: who it is for, in which language, and what operations want to be shown. */
export interface Scene {
  readonly role: Role
  readonly config: Config
  readonly release: Release
  readonly state: State
  readonly locale: Locale
  /** The path and query without the language, to show the same page in the other one. */
  readonly here: string
  /** Name and form token of who is signed in. */
  readonly person?: {readonly email: string; readonly token: string}
}

/** A path in the scene's language: the tenant's own language has no prefix. */
export function at(scene: Pick<Scene, 'locale' | 'config'>, path: string): string {
  if (scene.locale === scene.config.locale) return path
  return path === '/' ? `/${scene.locale}/` : `/${scene.locale}${path}`
}

/** The whole document around `body`; `title` is the page's own, the product and customer are added. */
export function layout(scene: Scene, title: string, body: Piece): Html {
  const w = words[scene.locale]
  const kind = scene.config.environment.split('/')[1] ?? ''
  return html`<html lang="${scene.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} – ${scene.config.tenant} – ${w.product}</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css?${scene.release.version}">
</head>
<body>
<a class="skip" href="#content">${w.skip}</a>
${notices(scene)}
<header class="top">
  <div class="bar">
    <a class="brand" href="${at(scene, '/')}">
      <img src="/assets/favicon.svg" alt="" width="32" height="32">
      <span><b>${scene.config.tenant}</b><small>${scene.role === 'edition' ? `${w.product} · ${w.edition}` : w.product}</small></span>
    </a>
    <nav>
      ${kind !== 'production' && html`<span class="tag">${kind}</span>`}
      ${language(scene)}
      ${scene.person && signOut(scene, scene.person.token)}
    </nav>
  </div>
</header>
<main id="content" tabindex="-1">
${body}
</main>
<footer>
  <p>${w.product} ${scene.release.version} · ${scene.config.environment}</p>
</footer>
</body>
</html>`
}

/** A page that only says something: an error, a closed door. */
export function plain(scene: Scene, title: string, text: Piece): Html {
  return layout(scene, title, html`<section class="card narrow"><h1>${title}</h1><p>${text}</p></section>`)
}

/** A moment as people read it, with the zone it is shown in. */
export function shownTime({locale, config}: Pick<Scene, 'locale' | 'config'>, instant: string): string {
  const format = {dateStyle: 'long', timeStyle: 'short', timeZone: config.timeZone} as const
  return `${new Intl.DateTimeFormat(locale, format).format(new Date(instant))} (${config.timeZone})`
}

function notices(scene: Scene): Html {
  const {banner, neutralised, copy} = scene.state
  const w = words[scene.locale]
  const text = banner?.[scene.locale] ?? banner?.[scene.config.locale] ?? banner?.fr ?? banner?.en
  return html`${copy && html`<p class="notice copy" role="status">${w.copyOf} ${copy.of}, ${w.copyAsOf} <time datetime="${copy.at}">${shownTime(scene, copy.at)}</time></p>`}
${neutralised && html`<p class="notice neutral" role="status">${w.neutralised}</p>`}
${text && html`<p class="notice" role="status">${text}</p>`}`
}

function language(scene: Scene): Html {
  const other: Locale = scene.locale === 'fr' ? 'en' : 'fr'
  const href = at({locale: other, config: scene.config}, scene.here)
  return html`<a class="quiet" lang="${other}" hreflang="${other}" href="${href}">${words[scene.locale].otherLanguage}</a>`
}

function signOut(scene: Scene, token: string): Html {
  return html`<form method="post" action="${at(scene, '/sign-out')}"><input type="hidden" name="token" value="${token}"><button class="quiet">${words[scene.locale].signOut}</button></form>`
}
