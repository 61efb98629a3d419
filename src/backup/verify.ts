import type {Environment} from '../environment/model.ts'
import {fullName} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import type {DrillInput} from './drill.ts'
import {engineOf} from './pgbackrest.ts'

/** Every file of the repository is read and compared with what was written. */
export function backupVerify(
  platform: Platform,
  named: (input: DrillInput) => Promise<Environment>,
): Runbook<DrillInput> {
  return runbook<DrillInput>({
    id: 'backup-verify',
    bySchedule: true,
    change: 'backup',
    title: ({tenant, name}) => `read the backups of ${tenant}/${name}`,
    subject: ({tenant, name}) => `${tenant}/${name}`,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id}) => [environmentLock(id)],
    steps: input => {
      // Files change their bytes without telling anybody: what held a minute ago is asked again.
      let read = false
      const fact = {
        holds: async () => read,
        make: async (at: At) => {
          await readAll(platform, await named(input), at)
          read = true
        },
      }
      return [step('every-file-is-as-it-was-written', fact, {within: 'PT0S'})]
    },
  })
}

async function readAll({ledger, clock, ...rest}: Platform, environment: Environment, at: At): Promise<void> {
  const subject = fullName(environment)
  const {problems} = await engineOf({ledger, clock, ...rest}, environment).verify(at)
  const about = {kind: 'backup-corrupt', subject}
  if (problems.length === 0) return void (await settleFinding(ledger, about, clock.now()))
  const remedy = `selfhelp backup take ${subject} --type full`
  await noteFinding(ledger, {...about, tenant: environment.tenant, remedy, detail: {sentences: problems}}, clock.now())
  throw new Failure(
    'backup-engine-failed',
    `Files of the backups of ${subject} are not what was written: ${problems[0]}.`,
    {
      facts: {environment: subject, problems},
      remedies: [remedy, `selfhelp backup drill ${subject}`],
    },
  )
}
