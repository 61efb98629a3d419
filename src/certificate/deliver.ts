import {environmentLock, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {settleFinding} from '../event/steps.ts'
import {forgetSight, sightsOf} from '../ledger/certificate-life.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {about, type Delivering, type NameInput, partial} from './install.ts'
import {proven} from './prove.ts'
import {nowServed, servedEverywhere} from './serving.ts'

/** Edges that were away get what their names are served with elsewhere, proven like the others. */
export function certificateDeliver({platform, outside}: Delivering): Runbook<NameInput> {
  return runbook<NameInput>({
    ...about('certificate-deliver', 'finish the delivery of the certificate of'),
    steps: name => {
      const place = {platform, name, candidate: () => nowServed(platform, name)}
      return [
        step('edges-that-were-away-answer', answering(platform, name), {within: 'PT0S'}),
        step('every-edge-serves-it', servedEverywhere(place)),
        step('handshakes-from-outside-prove-it', proven({...place, outside})),
        step('no-finding-is-open', settled(platform, name)),
      ]
    },
  })
}

async function missing(platform: Platform, name: NameInput) {
  const row = await nowServed(platform, name)
  return {row, away: (await sightsOf(platform.ledger, row.id)).filter(({state}) => state === 'missing')}
}

/** Those that answer are no longer set aside. */
function answering(platform: Platform, name: NameInput): Fact {
  return {
    holds: async () => (await missing(platform, name)).away.length === 0,
    make: async at => {
      const {row, away} = await missing(platform, name)
      const silent: string[] = []
      for (const {host} of away) {
        try {
          await (await platform.machine(host)).plan([], at.fence(environmentLock(name.id)))
          await forgetSight(platform.ledger, row.id, host)
        } catch (thrown) {
          if (!(thrown instanceof Failure && thrown.code === 'host-unreachable')) throw thrown
          silent.push(host)
        }
      }
      if (silent.length === 0) return
      throw new Failure(
        'host-unreachable',
        `${silent.join(', ')} still does not answer; ${name.hostname} is not served there as it should.`,
        {
          facts: {edges: silent, hostname: name.hostname},
        },
      )
    },
  }
}

function settled(platform: Platform, {hostname}: NameInput): Fact {
  let done = false
  return {
    holds: async () => done,
    make: async () => {
      await settleFinding(platform.ledger, {kind: partial, subject: hostname}, platform.clock.now())
      done = true
    },
  }
}
