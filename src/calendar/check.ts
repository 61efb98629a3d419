import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import type {ChangeType} from '../runbook/model.ts'
import {minutesIn, monthName, monthOf} from './budget.ts'
import {mayRun} from './decide.ts'
import {factsOf, type Known} from './facts.ts'
import type {Decision} from './model.ts'

export interface Question {
  readonly environment: string
  readonly change: ChangeType
  /** Now when left out. */
  readonly at?: Temporal.Instant | undefined
  readonly minutes?: number | undefined
}

export interface Checked extends Decision {
  /** Maintenance of the month asked about, in minutes: used or announced, promised, and the most there is (C1). */
  readonly budget: {
    readonly month: string
    readonly used: number
    readonly commitment: number
    readonly most: number
  }
}

/** What the calendar says of a change at a time; changes nothing. Throws `Refusal('not-found')`. */
export async function checkChange(q: Queries, now: Temporal.Instant, question: Question): Promise<Checked> {
  const {environment, change, minutes} = question
  const at = question.at ?? now
  const facts = await knownOf(q, now, environment)
  const asked = {environment, change, at: at.epochMilliseconds, minutes}
  return {...mayRun(asked, facts), budget: budgetOf(facts, at.epochMilliseconds)}
}

/** The facts of one environment. Throws `Refusal('not-found')`. */
export async function knownOf(q: Queries, now: Temporal.Instant, environment: string): Promise<Known> {
  const [facts] = await factsOf(q, {now}, [environment])
  if (facts) return facts
  throw new Refusal('not-found', `There is no environment ${environment}.`, {
    facts: {environment},
    remedies: ['selfhelp environment list'],
  })
}

/** A month's maintenance beside what was promised. */
export function budgetOf({zone, operations, limits}: Known, at: number): Checked['budget'] {
  return {
    month: monthName(at, zone),
    used: Math.round(minutesIn(monthOf(at, zone), operations)),
    commitment: limits.commitmentMinutes,
    most: limits.mostMinutes,
  }
}
