import type {Locale} from '../config.ts'
import {type Html, html} from '../web/html.ts'
import {at, layout, type Scene} from '../web/layout.ts'
import {words} from '../web/words.ts'
import type {End, Page, Procedure, Question, Start, Text} from './procedure.ts'
import type {Answers, Passed} from './walk.ts'

/** Where somebody stands in a procedure. */
export interface Place {
  readonly procedure: Procedure
  readonly answers: Answers
  readonly way: readonly Passed[]
}

/** The home page: each procedure with the answers to its first question as doors. */
export function homePage(scene: Scene, procedures: readonly Procedure[]): Html {
  const w = words[scene.locale]
  return layout(
    scene,
    w.home,
    html`<section class="hero"><h1>${w.hello}</h1><p>${w.intro}</p></section>
${procedures.map(procedure => doors(scene, procedure))}`,
  )
}

/** A step of a procedure; `missing` says that Continue was pressed without a choice. */
export function stepPage(scene: Scene, place: Place, missing = false): Html {
  const {id, step} = place.way.at(-1) as Passed
  const w = words[scene.locale]
  const title = `${missing ? `${w.errorPrefix} ` : ''}${step.title[scene.locale]} – ${place.procedure.title[scene.locale]}`
  const body = {
    start: () => startBody(scene, place, step as Start),
    question: () => questionBody(scene, place, {id, step: step as Question, missing}),
    page: () => pageBody(scene, place, step as Page),
    end: () => endBody(scene, place, {id, step: step as End}),
  }[step.kind]()
  return layout(scene, title, html`<div class="flow">${body}${step.kind !== 'start' && given(scene, place)}</div>`)
}

/** What is shown after somebody said whether it helped. */
export function thanksPage(scene: Scene): Html {
  const w = words[scene.locale]
  return layout(
    scene,
    w.thanks,
    html`<section class="card narrow"><h1>${w.thanks}</h1><p><a class="button" href="${at(scene, '/')}">${w.home}</a></p></section>`,
  )
}

/** The address of a step with the answers given so far. */
export function stepPath(scene: Scene, place: Pick<Place, 'procedure' | 'answers'>, id: string): string {
  const query = new URLSearchParams(place.answers).toString()
  const path = `/help/${place.procedure.alias}${id === 'start' ? '' : `/${id}`}`
  return at(scene, query && id !== 'start' ? `${path}?${query}` : path)
}

function doors(scene: Scene, procedure: Procedure): Html {
  const {locale} = scene
  const base = `/help/${procedure.alias}`
  const start = procedure.steps.start as Start
  const first = procedure.steps[start.to]
  const choices = first?.kind === 'question' ? first.choices : []
  return html`<section class="procedure" aria-labelledby="p-${procedure.alias}">
<header><p class="eyebrow">${words[locale].guided}</p><h2 id="p-${procedure.alias}">${procedure.title[locale]}</h2><p>${procedure.summary[locale]}</p></header>
<ul class="doors">${choices.map(
    choice => html`
  <li><a href="${at(scene, `${base}/${start.to}/next?${start.to}=${choice.id}`)}"><b>${choice.label[locale]}</b>${choice.hint && html`<span>${choice.hint[locale]}</span>`}</a></li>`,
  )}
</ul>
<p><a class="button second" href="${at(scene, base)}">${words[locale].start}</a></p>
</section>`
}

function startBody(scene: Scene, place: Place, step: Start): Html {
  const w = words[scene.locale]
  return html`<section class="card"><p class="eyebrow">${w.guided}</p><h1>${step.title[scene.locale]}</h1>
${paragraphs(step.text, scene.locale)}
<p class="actions"><a class="button" href="${stepPath(scene, {...place, answers: {}}, step.to)}">${w.start}</a></p></section>`
}

function questionBody(
  scene: Scene,
  place: Place,
  {id, step, missing}: {id: string; step: Question; missing: boolean},
): Html {
  const w = words[scene.locale]
  const number = place.way.filter(passed => passed.step.kind === 'question').length
  const others = Object.entries(place.answers).filter(([key]) => key !== id)
  return html`${back(scene, place)}
<form class="card" method="get" action="${at(scene, `/help/${place.procedure.alias}/${id}/next`)}">
${missing && html`<div class="problem" role="alert"><b>${w.errorTitle}</b><a href="#choice-0">${w.chooseOne}</a></div>`}
${others.map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`)}
<fieldset${missing && html` aria-describedby="missing"`}>
<legend><span class="eyebrow">${w.question} ${number}</span><h1>${step.title[scene.locale]}</h1></legend>
${paragraphs(step.text, scene.locale)}
${missing && html`<p class="missing" id="missing">${w.errorPrefix} ${w.chooseOne}</p>`}
${step.choices.map(
  (
    choice,
    index,
  ) => html`<label class="choice"><input type="radio" name="${id}" value="${choice.id}" id="choice-${index}"${place.answers[id] === choice.id && html` checked`}>
<span><b>${choice.label[scene.locale]}</b>${choice.hint && html`<small>${choice.hint[scene.locale]}</small>`}</span></label>
`,
)}
</fieldset>
<p class="actions"><button class="button">${w.next}</button></p>
</form>`
}

function pageBody(scene: Scene, place: Place, step: Page): Html {
  return html`${back(scene, place)}
<section class="card"><h1>${step.title[scene.locale]}</h1>
${paragraphs(step.text, scene.locale)}
<p class="actions"><a class="button" href="${stepPath(scene, place, step.to)}">${words[scene.locale].next}</a></p></section>`
}

function endBody(scene: Scene, place: Place, {id, step}: {id: string; step: End}): Html {
  const w = words[scene.locale]
  const solved = step.outcome === 'solved'
  return html`${back(scene, place)}
<section class="card end ${step.outcome}"><p class="eyebrow">${solved ? w.outcomeSolved : w.outcomeContact}</p><h1>${step.title[scene.locale]}</h1>
${paragraphs(step.text, scene.locale)}
<form class="helpful" method="post" action="${at(scene, `/help/${place.procedure.alias}/${id}/feedback`)}">
${Object.entries(place.answers).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`)}
<p id="helpful">${w.helpful}</p>
<p class="pair" role="group" aria-labelledby="helpful"><button class="button second" name="helpful" value="yes">${w.yes}</button><button class="button second" name="helpful" value="no">${w.no}</button></p>
</form></section>`
}

function given(scene: Scene, place: Place): Html | false {
  const {locale} = scene
  const w = words[locale]
  const answered = place.way.slice(0, -1).filter(passed => passed.choice)
  if (answered.length === 0) return false
  return html`<section class="given"><h2>${w.yourAnswers}</h2><dl>${answered.map(
    ({id, step, choice}) => html`
<div><dt>${step.title[locale]}</dt><dd>${choice?.label[locale]}</dd><dd><a href="${stepPath(scene, place, id)}">${w.change}<span class="hidden"> : ${step.title[locale]}</span></a></dd></div>`,
  )}
</dl><p><a href="${stepPath(scene, {...place, answers: {}}, 'start')}">${w.restart}</a></p></section>`
}

function back(scene: Scene, place: Place): Html {
  const before = place.way.at(-2)
  const href = before ? stepPath(scene, place, before.id) : at(scene, '/')
  return html`<p class="back"><a href="${href}">${words[scene.locale].back}</a></p>`
}

function paragraphs(texts: readonly Text[] | undefined, locale: Locale): Html[] {
  return (texts ?? []).map(text => html`<p>${text[locale]}</p>`)
}
