import {Temporal} from 'temporal-polyfill'
import type {At} from '../runbook/model.ts'
import type {Fact, Opening} from '../runbook/step.ts'
import {opened} from './building.ts'
import {type Environment, type RuntimeState, stateIn} from './model.ts'
import type {Platform} from './platform.ts'
import {type Environments, onHosts} from './stage.ts'
import {running, services} from './wanted.ts'

export interface Meanwhile {
  /** `read-only`: nothing is written; `closed`: people see a page that says until when. */
  readonly mode: 'read-only' | 'closed'
  /** ISO 8601. The services end it by themselves then, so a dead control plane keeps nobody out. */
  readonly atMost: string
}

/** The two ends of a bracket in which services let in less than their phase does; where nobody is let in, they stay so. */
export function meanwhile(
  platform: Platform,
  environments: Environments,
  {mode, atMost}: Meanwhile,
): {readonly open: Opening; readonly close: Fact} {
  const less = (until: string): Fact => {
    const wanted = (environment: Environment) => {
      return [...services(environment, stateMeanwhile(environment, {mode, until})), ...running(environment)]
    }
    return onHosts(platform, environments, [{role: 'presentation', wanted}])
  }
  // Each opening has an end of its own; only what made it can say whether it holds.
  const openings = new WeakMap<At, Fact>()
  const open: Opening = {
    atMost,
    holds: async at => (await openings.get(at)?.holds(at)) ?? false,
    make: async at => {
      const until = platform.clock.now().add(Temporal.Duration.from(atMost)).toString({smallestUnit: 'second'})
      const fact = less(until)
      openings.set(at, fact)
      await fact.make(at)
    },
  }
  return {open, close: opened(platform, environments)}
}

function stateMeanwhile(
  environment: Environment,
  {mode, until}: {mode: RuntimeState['mode']; until: string},
): RuntimeState {
  const state = stateIn(environment)
  // Past `until` the services open: those that are closed for another reason must not.
  return state.mode === 'closed' ? state : {...state, mode, until}
}
