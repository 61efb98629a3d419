import type {Context, Pages, Visit} from '../app.ts'
import {isReading, readOnlyPage} from '../app.ts'
import {plain} from '../web/layout.ts'
import {type Answer, form, page, seeOther} from '../web/message.ts'
import {words} from '../web/words.ts'
import {homePage, type Place, stepPage, stepPath, thanksPage} from './pages.ts'
import type {Procedure} from './procedure.ts'
import {answersIn, walk} from './walk.ts'

/** The pages of the presentation role. The state of a guided procedure is in its address: no cookie, no row. */
export function portalPages(context: Context): Pages {
  return async visit => {
    const {path, scene, asked} = visit
    if (path === '/' && isReading(asked)) return {...page(homePage(scene, context.procedures)), route: 'home'}
    if (path === '/thanks' && isReading(asked)) return {...page(thanksPage(scene)), route: 'thanks'}
    const [, alias, id = 'start', verb] =
      /^\/help\/([a-z0-9-]+)(?:\/([a-z0-9-]+)(?:\/(next|feedback))?)?$/.exec(path) ?? []
    const procedure = context.procedures.find(one => one.alias === alias)
    if (!procedure || !Object.hasOwn(procedure.steps, id)) return undefined
    if (verb === 'feedback') return isReading(asked) ? undefined : await feedback(context, visit, {procedure, id})
    if (!isReading(asked)) return undefined
    return verb === 'next' ? next(visit, procedure, id) : step(visit, procedure, id)
  }
}

function step({scene, asked}: Visit, procedure: Procedure, id: string): Answer {
  const place = placeAt(procedure, asked.query, id)
  const reached = place.way.at(-1)?.id ?? 'start'
  // An address kept from another day, or shortened: continue at the first question without an answer.
  if (reached !== id) return {...seeOther(stepPath(scene, place, reached)), route: 'step'}
  return {...page(stepPage(scene, place)), route: 'step'}
}

function next({scene, asked}: Visit, procedure: Procedure, id: string): Answer {
  const place = placeAt(procedure, asked.query, id)
  const last = place.way.at(-1)
  if (last?.id !== id) return {...seeOther(stepPath(scene, place, last?.id ?? 'start')), route: 'next'}
  if (last.step.kind !== 'question') return {...seeOther(stepPath(scene, place, id)), route: 'next'}
  if (!last.choice) return {...page(stepPage(scene, place, true), 422), route: 'next'}
  return {...seeOther(stepPath(scene, place, last.choice.to)), route: 'next'}
}

async function feedback(context: Context, visit: Visit, at: {procedure: Procedure; id: string}): Promise<Answer> {
  const {scene, asked} = visit
  const fields = form(asked)
  const place = placeAt(at.procedure, fields, at.id)
  const last = place.way.at(-1)
  const helpful = fields.get('helpful')
  if (last?.id !== at.id || last.step.kind !== 'end' || (helpful !== 'yes' && helpful !== 'no'))
    return undefinedStep(visit)
  if (scene.state.mode === 'read-only') return {...readOnlyPage(scene), route: 'feedback'}
  const wait = context.limits.feedback.wait(asked.source)
  if (wait > 0) {
    return {
      ...page(plain(scene, '429', words[scene.locale].tooMany), 429, {'retry-after': String(wait)}),
      route: 'feedback',
    }
  }
  context.limits.feedback.note(asked.source)
  const passed = Object.fromEntries(place.way.flatMap(one => (one.choice ? [[one.id, one.choice.id]] : [])))
  await context.sql.query(
    `insert into content.feedback (procedure, step, helpful, answers, release, at) values ($1, $2, $3, $4, $5, $6)`,
    [at.procedure.alias, at.id, helpful === 'yes', passed, context.release.version, new Date(context.clock())],
  )
  return {...seeOther(scene.locale === scene.config.locale ? '/thanks' : `/${scene.locale}/thanks`), route: 'feedback'}
}

function undefinedStep({scene}: Visit): Answer {
  const w = words[scene.locale]
  return {...page(plain(scene, w.notFound, w.notFoundText), 422), route: 'feedback'}
}

function placeAt(procedure: Procedure, query: URLSearchParams, id: string): Place {
  const answers = answersIn(procedure, query)
  return {procedure, answers, way: walk(procedure, answers, id)}
}
