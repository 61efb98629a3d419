import {Temporal} from 'temporal-polyfill'
import type {Asked, LedgerFacts, Operation} from '../../src/calendar/model.ts'
import {contractLimits} from '../../src/calendar/model.ts'
import {weekOf} from '../../src/calendar/range.ts'
import {zoneOf} from '../../src/calendar/zone.ts'

const paris = zoneOf('Europe/Paris')
const week = weekOf(contractLimits.ranges)

/** Milliseconds of a time as clocks in Paris show it: `2026-11-24 22:00`. */
export function at(local: string): number {
  return Temporal.PlainDateTime.from(local.replace(' ', 'T')).toZonedDateTime('Europe/Paris').epochMilliseconds
}

/** What is known of a quiet production in Paris; asked long before, so that notices can still be sent. */
export function ground(more: Partial<LedgerFacts> = {}): LedgerFacts {
  return {
    now: at('2026-11-02 09:00'),
    zone: paris,
    locale: 'en',
    production: true,
    limits: contractLimits,
    week,
    freezes: [],
    fixes: [],
    operations: [],
    overrides: [],
    events: [],
    runs: [],
    trials: [{change: 'configuration', environment: 'acme/qualification', at: at('2026-11-01 10:00')}],
    ...more,
  }
}

/** A change of production at a time in Paris. */
export function asked(change: Asked['change'], local: string, more: Partial<Asked> = {}): Asked {
  return {change, environment: 'acme/production', at: at(local), ...more}
}

/** A planned operation on production, announced in time. */
export function operation(from: string, until: string, more: Partial<Operation> = {}): Operation {
  const start = at(from)
  return {
    ...{id: 'm1', change: 'configuration', state: 'planned', from: start, until: at(until)},
    ...{noticeAcceptedAt: start - 80 * 3_600_000, ...more},
  }
}
