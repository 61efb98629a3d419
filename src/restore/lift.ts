import type {Environment} from '../environment/model.ts'
import {environmentLock, environmentNamed, opened, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {copyOf, liftCopy} from '../ledger/copy.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {contactOf} from '../ledger/tenant.ts'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'

export interface LiftInput {
  readonly id: string
  readonly tenant: string
  readonly name: string
  /** The contact's id. */
  readonly by: string
}

/** A copy of production may call out again, on the word of a contact who decides; it goes on saying that it is a copy. */
export function restoreLift(
  platform: Platform,
  named: (id: string, tenant: string) => Promise<Environment>,
): Runbook<LiftInput> {
  const {ledger, clock} = platform
  return runbook<LiftInput>({
    id: 'restore-lift',
    change: 'configuration',
    title: ({tenant, name}) => `let ${tenant}/${name} call out again`,
    subject: ({tenant, name}) => `${tenant}/${name}`,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id}) => [environmentLock(id)],
    steps: ({id, tenant, by}) => {
      const which = async () => [await named(id, tenant)]
      const open = opened(platform, which)
      // Going back begins while the ledger still says that it was lifted.
      const shut = opened(platform, async () =>
        (await which()).map(one => ({...one, copy: one.copy && {...one.copy, neutralised: true}})),
      )
      const recorded = {
        holds: async () => (await copyOf(ledger, id))?.liftedAt !== undefined,
        make: async () => liftCopy(ledger, id, {at: clock.now(), by}),
      }
      return [
        step('lifting-is-on-record', recorded, {undo: {kind: 'by', undo: () => liftCopy(ledger, id, undefined)}}),
        step('services-may-call-out', open, {undo: {kind: 'by', undo: at => shut.make(at)}}),
      ]
    },
  })
}

/** What is to be lifted; undefined when it is. Throws `not-found`, `restore-state` for what is no copy, `contact-unfit`. */
export async function readyToLift(
  ledger: Ledger,
  {environment, by}: {environment: string; by: string},
): Promise<LiftInput | undefined> {
  const {id, tenant, name} = await environmentNamed(ledger, environment)
  const contact = await contactOf(ledger, tenant, by)
  if (!contact?.roles.includes('decision'))
    throw new Refusal('contact-unfit', `${by} cannot say that: tenant ${tenant} gave them no decision role.`, {
      facts: {tenant, by},
      remedies: [`selfhelp tenant show ${tenant}`],
    })
  const copy = await copyOf(ledger, id)
  if (copy === undefined)
    throw new Refusal(
      'restore-state',
      `${environment} is no copy of another environment; nothing is held back in it.`,
      {
        facts: {environment},
        remedies: [`selfhelp environment show ${environment}`],
      },
    )
  return copy.liftedAt === undefined ? {id, tenant, name, by} : undefined
}
