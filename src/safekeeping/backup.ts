import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {CodedError} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import {connectLedger} from '../ledger/connect.ts'
import {resettlePrivate} from '../ledger/private.ts'
import {putSchedule} from '../ledger/schedule.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {bringAway, passphrase} from './away.ts'
import {begin, configure, repositoryOf, setsOf, take} from './engine.ts'
import {archiveLock, backupSchedule, drillSchedule, dueNow, type Taking} from './model.ts'
import {type Keeper, privateLedger} from './place.ts'

export interface LedgerBackupInput {
  readonly type: Taking
  /** The repository host; as before when left out. */
  readonly host?: string
  /** The newest backup when it was asked for; one after it is what was asked for. */
  readonly after?: string
}

/** The ledger's own backup: taken here, brought to another host with all its WAL, and what is needed to have it back. */
export function ledgerBackup(keeper: Keeper): Runbook<LedgerBackupInput> {
  return runbook<LedgerBackupInput>({
    id: 'ledger-backup',
    bySchedule: true,
    change: 'backup',
    title: ({type}) => (type === 'due' ? 'bring the ledger to safety' : `${type} backup of the ledger`),
    subject: () => 'ledger',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [archiveLock],
    steps: input => [
      step('ledger-is-archived', archived(keeper)),
      step('backup-is-taken', taken(keeper, input), {within: 'PT5M'}),
      step('archive-is-on-another-host', brought(keeper, input), {within: 'PT5M'}),
    ],
  })
}

/** Its WAL goes into a repository, which is encrypted. */
function archived(keeper: Keeper): Fact {
  const {place} = privateLedger(keeper)
  const archives = async () => {
    const admin = await connectLedger({kind: 'private', place, database: 'postgres'}, 'admin')
    try {
      const row = await admin.one<{mode: string; command: string}>`
        select current_setting('archive_mode') mode, current_setting('archive_command') command`
      return {on: row?.mode === 'on', pushing: row?.command.includes(place.keeping.config) === true}
    } finally {
      await admin.close()
    }
  }
  return {
    holds: async () => {
      const {on, pushing} = await archives()
      return on && pushing && existsSync(join(repositoryOf(place), 'archive/ledger/archive.info'))
    },
    make: async at => {
      await configure(place, await passphrase(keeper))
      await resettlePrivate(place, (await archives()).on)
      // A server reads its settings anew in its own time.
      for (let tries = 0; tries < 300 && !(await archives()).pushing; tries++) await keeper.clock.sleep(100, at.signal)
      at.tell('WAL of the ledger goes to its repository')
      await begin(place)
      await putSchedule(keeper.ledger, backupSchedule)
      await putSchedule(keeper.ledger, drillSchedule)
    },
  }
}

function taken(keeper: Keeper, {type, after}: LedgerBackupInput): Fact {
  const {place} = privateLedger(keeper)
  const due = async () => dueNow(await setsOf(place), keeper.clock.now())
  return {
    holds: async () => {
      if (type === 'due') return (await due()) === undefined
      const newer = (await setsOf(place)).filter(({label}) => after === undefined || label > after)
      return newer.some(set => type === 'incremental' || set.type === type)
    },
    make: async at => {
      const taking = type === 'due' ? await due() : type
      if (taking === undefined) return
      await take(place, taking)
      at.tell((await setsOf(place)).at(-1)?.label ?? '')
    },
  }
}

/** Asked anew by each attempt: WAL goes on while it is brought. */
function brought(keeper: Keeper, input: LedgerBackupInput): Fact {
  let done = false
  return {
    holds: async () => done,
    make: async at => {
      try {
        await bringAway(keeper, input, at)
        await settleFinding(keeper.ledger, late, keeper.clock.now())
        done = true
      } catch (error) {
        if (error instanceof CodedError && error.kind !== 'bug') await noteLate(keeper, error)
        throw error
      }
    },
  }
}

const late = {kind: 'ledger-backup-late', subject: 'ledger'}

async function noteLate({ledger, clock}: Keeper, error: CodedError): Promise<void> {
  const detail = {sentences: [error.message]}
  await noteFinding(ledger, {...late, remedy: 'selfhelp ledger backup', detail}, clock.now())
}
