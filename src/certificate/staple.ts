import type {Platform} from '../environment/steps.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import {saidOf} from '../ledger/staple.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {about, type Delivering, type NameInput} from './install.ts'
import {proven} from './prove.ts'
import {responderAsked} from './responder.ts'
import {nowServed, servedEverywhere} from './serving.ts'

/** What the responder says of a served certificate is asked anew, and what edges give along with it. */
export function certificateStaple(delivering: Delivering): Runbook<NameInput> {
  const {platform, outside} = delivering
  return runbook<NameInput>({
    ...about('certificate-staple', 'renew what the responder says of the certificate of'),
    steps: name => {
      const candidate = () => nowServed(platform, name)
      const place = {platform, name, candidate}
      return [
        step('its-responder-was-asked', responderAsked(delivering, name, candidate)),
        step('every-edge-gives-its-word-along', servedEverywhere(place)),
        step('handshakes-from-outside-prove-it', proven({...place, outside, anew: true})),
        step('silence-is-a-finding', silenceTold(platform, name)),
      ]
    },
  })
}

/** The kind of finding that stays open while no edge has a word to give along. */
const silenceKind = 'certificate-responder-silent'

function silenceTold(platform: Platform, name: NameInput): Fact {
  const {ledger, clock} = platform
  const done = new WeakSet<At>()
  return {
    holds: async at => done.has(at),
    make: async at => {
      const {id, responder} = await nowServed(platform, name)
      const said = await saidOf(ledger, id)
      const remedy = `Ask the authority why ${responder} is silent; browsers go on without its word.`
      if (said || responder === undefined)
        await settleFinding(ledger, {kind: silenceKind, subject: name.hostname}, clock.now())
      else {
        const {tenant, environment, hostname: subject} = name
        const finding = {kind: silenceKind, subject, tenant, remedy, detail: {environment, responder}}
        await noteFinding(ledger, finding, clock.now())
      }
      done.add(at)
    },
  }
}
