import {Temporal} from 'temporal-polyfill'
import type {Asked, Decision, LedgerFacts} from './model.ts'
import {type Objection, objections} from './rules.ts'
import {type Words, wordsOf} from './sentence.ts'

/** The one decision: may this change run then, why not, and when (R160–R168). Pure. */
export function mayRun(asked: Asked, facts: LedgerFacts, words: Words = wordsOf(facts)): Decision {
  const overrides: string[] = []
  const found = objections(asked, facts, overrides)
  const against = found.filter(({verdict}) => verdict !== 'condition')
  const verdict = verdictOf(against)
  const next = verdict === 'allowed' ? asked.at : nextAllowed([asked], [facts])
  return {
    environment: asked.environment,
    change: asked.change,
    at: Temporal.Instant.fromEpochMilliseconds(asked.at),
    verdict,
    reasons: against.map(objection => words.reason(objection, asked)),
    conditions: found.filter(each => each.verdict === 'condition').map(objection => words.reason(objection, asked)),
    ...(next === undefined ? {} : {nextAllowed: Temporal.Instant.fromEpochMilliseconds(next)}),
    overrides,
  }
}

/** The worst of what is said against it. */
function verdictOf(found: readonly Objection[]): Decision['verdict'] {
  if (found.some(({verdict}) => verdict === 'refused')) return 'refused'
  return found.some(({verdict}) => verdict === 'needs') ? 'needs' : 'allowed'
}

/** Each objection moves the time on by at least what its rule knows; a year of nights and freezes takes far fewer. */
const steps = 500

/**
 * The first instant from the one asked on at which nothing is against a change, on all of these environments at once;
 * none where an objection ends only by what people do.
 */
export function nextAllowed(asked: readonly Asked[], facts: readonly LedgerFacts[]): number | undefined {
  let at = asked[0]?.at ?? 0
  for (let step = 0; step < steps; step++) {
    const against = asked.flatMap((each, n) => {
      const known = facts[n]
      return known ? objections({...each, at}, known).filter(({verdict}) => verdict !== 'condition') : []
    })
    if (against.length === 0) return at
    if (against.some(({until}) => until === undefined)) return undefined
    at = Math.max(at + 1, ...against.map(({until}) => until ?? 0))
  }
  return undefined
}
