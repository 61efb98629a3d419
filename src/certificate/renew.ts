import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {type Finding, reportFindings} from '../event/steps.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {type RenewalRow, renewals} from '../ledger/renewal.ts'
import {setting} from '../ledger/setting.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {dueAt, renewalAt, urgencyOf} from './due.ts'
import type {NameInput} from './install.ts'
import type {IssueInput} from './issue.ts'
import {staplesDue} from './responder.ts'

/** One run that is due. */
export type DueRun =
  | {readonly runbook: 'certificate-issue'; readonly input: IssueInput}
  | {readonly runbook: 'certificate-deliver' | 'certificate-staple'; readonly input: NameInput}

/** What is due now: renewals, deliveries to edges that were away, and words of responders. */
export async function dueRuns(ledger: Queries, now: Temporal.Instant): Promise<readonly DueRun[]> {
  const rows = await renewals(ledger)
  const acme = (await setting(ledger, 'acme-authority')) !== undefined
  const due = rows.flatMap((row): DueRun[] => {
    const {tenant, id, hostname, environment, source, fingerprint} = row
    const name = {tenant, id, hostname, environment}
    // A customer's certificate is renewed by the customer alone.
    if (source !== 'customer' && dueAt(row, now)) {
      const by = source === 'acme' && acme ? 'acme' : source === 'acme' ? undefined : 'internal'
      if (by) return [{runbook: 'certificate-issue', input: {...name, by, after: fingerprint}}]
    }
    return row.partial ? [{runbook: 'certificate-deliver', input: name}] : []
  })
  const busy = new Set(due.map(({input}) => input.hostname))
  const said = (await staplesDue(ledger, now)).filter(({hostname}) => !busy.has(hostname))
  return [
    ...due,
    ...said.map(({tenant, id, hostname, environment}) => {
      return {runbook: 'certificate-staple', input: {tenant, id, hostname, environment}} as const
    }),
  ]
}

const kinds = ['certificate-ends-soon', 'certificate-renewal-failing'] as const

/** What somebody must know about a certificate's end; nothing while renewal is not due or has not failed. */
export function endingFindings(row: RenewalRow, now: Temporal.Instant): readonly Finding[] {
  const {hostname, tenant, environment, source, notAfter, failures, lastError} = row
  const due = Temporal.Instant.compare(renewalAt(row), now) <= 0
  const urgency = urgencyOf(row, now)
  const about = {
    subject: hostname,
    tenant,
    detail: {environment, notAfter: notAfter.toString(), urgency: urgency ?? 'due', failures, lastError},
  }
  if (source === 'customer' && due) {
    const remedy = `Ask the customer for a new certificate; then selfhelp certificate install ${environment} --host ${hostname} --cert FILE --key FILE`
    return [{...about, kind: 'certificate-ends-soon', remedy}]
  }
  const failing = urgency !== undefined && (failures > 0 || due)
  return failing
    ? [
        {
          ...about,
          kind: 'certificate-renewal-failing',
          remedy: `selfhelp certificate renew ${environment} --host ${hostname}`,
        },
      ]
    : []
}

export interface Tending {
  readonly ledger: Ledger
  readonly clock: Clock
  /** Leaves a run to a worker, or goes on with the stopped one of the same input. */
  enqueue(due: DueRun): Promise<void>
}

/** What is due is asked for, and what fails is told in time: at a half, a quarter and an eighth of what is left. */
export function certificateTend({ledger, clock, enqueue}: Tending): Runbook<object> {
  return runbook<object>({
    id: 'certificate-tend',
    bySchedule: true,
    change: 'certificate-renewal',
    title: () => 'renew certificates that are due',
    subject: () => 'certificates',
    tenant: () => undefined,
    environments: () => [],
    locks: () => ['certificate:tend'],
    steps: () => [
      step(
        'endings-are-findings',
        once(async () => {
          const now = clock.now()
          for (const row of await renewals(ledger)) {
            await reportFindings(ledger, {subject: row.hostname, kinds, found: endingFindings(row, now)}, now)
          }
        }),
      ),
      step(
        'due-runs-are-queued',
        once(async () => {
          for (const due of await dueRuns(ledger, clock.now())) await enqueue(due)
        }),
      ),
    ],
  })
}

/** A look at everything: each run looks for itself. */
function once(make: () => Promise<void>): Fact {
  let made = false
  return {
    holds: async () => made,
    make: async () => {
      await make()
      made = true
    },
  }
}
