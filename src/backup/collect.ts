import {environmentLock, type Platform} from '../environment/steps.ts'
import {reportFindings} from '../event/steps.ts'
import {putLook} from '../ledger/backup.ts'
import type {ScheduleRow} from '../ledger/schedule.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {troubleKinds} from './findings.ts'
import {repositoryOf} from './pair.ts'
import {type Examined, examine} from './status.ts'

/** Six times an hour: what breaks is known, and healed where that is possible, long before an hour is over. */
export const lookSchedule: Omit<ScheduleRow, 'since'> = {
  name: 'backup-look',
  recurrence: '*/10 * * * *',
  zone: 'UTC',
  runbook: 'backup-look',
  input: {},
  catchUp: false,
}

const lock = 'backup:look'

/** Looks at all backups, opens and settles events, and takes a full where only that makes them whole again. */
export function backupLook(platform: Platform): Runbook<object> {
  return runbook<object>({
    id: 'backup-look',
    bySchedule: true,
    change: 'backup',
    title: () => 'look at all backups',
    subject: () => 'backups',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [lock],
    steps: () => {
      // Asked anew by each attempt: what was seen before a crash is no longer what is.
      let looked = false
      return [
        step('backups-are-looked-at', {
          holds: async () => looked,
          make: async at => {
            for (const found of await examine(platform, [])) await settle(platform, found, at)
            looked = true
          },
        }),
      ]
    },
  })
}

async function settle(platform: Platform, {environment, status, seen}: Examined, at: At): Promise<void> {
  if (seen === undefined) return
  const {ledger} = platform
  const subject = status.environment
  const byKind = Map.groupBy(status.troubles, ({kind}) => kind)
  const found = [...byKind].map(([kind, all]) => ({
    kind,
    subject,
    tenant: environment.tenant,
    owner: at.operator,
    remedy: all[0]?.remedy ?? '',
    detail: {sentences: all.map(({sentence}) => sentence), grade: all[0]?.grade},
  }))
  await ledger.transaction(async tx => {
    await reportFindings(tx, {subject, kinds: troubleKinds, found}, seen.at)
    await putLook(tx, {environment: environment.id, at: seen.at, look: status})
  })
  for (const {sentence} of status.troubles) at.tell(`${subject}: ${sentence}`)
  if (status.troubles.some(({healedByFull}) => healedByFull)) await heal(platform, {environment, status, seen}, at)
}

/** Started and not waited for: the next look, in ten minutes, sees what came of it. One that runs already is left to run. */
async function heal(platform: Platform, {environment}: Examined, at: At): Promise<void> {
  const machine = await platform.machine(repositoryOf(environment))
  const units = ['backup-full', 'backup-verify'].map(what => `${environment.id}-${what}.service`)
  const action = {act: 'run', args: ['systemctl', 'start', '--no-block', ...units]}
  await machine.act(`${at.run}-heal-${environmentLock(environment.id)}`, [action], at.fence(lock))
  at.tell(`${environment.tenant}/${environment.name}: a full backup was started`)
}
