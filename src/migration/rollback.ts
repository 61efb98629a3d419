import {differences, drillLock, type Figures} from '../backup/steps.ts'
import {type Asking, overrideInForce} from '../calendar/steps.ts'
import {atVersion, environmentLock, type Platform, type StateOf, shareLock, switched} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {figuresAt} from '../ledger/backup.ts'
import {putVersion} from '../ledger/environment.ts'
import {changeMigration} from '../ledger/migration.ts'
import {
  atTheTarget,
  backedUpNow,
  chainProven,
  type Going,
  type Kept,
  laidOut,
  measuredBefore,
  measureLive,
  newFull,
  oldDataGone,
} from '../restore/steps.ts'
import type {At, Runbook, Step, Undo} from '../runbook/model.ts'
import {type Fact, runbook, step, undo} from '../runbook/step.ts'
import {type Closed, closedSeconds, closing} from './closing.ts'
import {migrationFor} from './known.ts'
import {mailed} from './mail.ts'
import {checksPass, releaseStaged, rowsAt, serversSwitched} from './move.ts'
import {haltWaves} from './wave.ts'
import {failed, type MoveInput, orBack, type Work, workOf} from './work.ts'

/** `from` is what runs now, `to` what ran before. */
export interface RollbackInput extends MoveInput {
  /** The backup of the state before, and the restore point it is brought back to. */
  readonly set: string
  readonly timeline: number
  readonly point: string
}

const document = 'docs/runbooks/migration-rollback.md#after-reopening'

/** Production goes back to the version and the data of before a migration; what was written since is lost. */
export function migrationRollback(platform: Platform, verify: Asking['verify']): Runbook<RollbackInput> {
  return runbook<RollbackInput>({
    id: 'migration-rollback',
    change: 'restore',
    title: ({tenant, from, to}) => `put ${tenant}/production back from ${from} to ${to}`,
    subject: ({migration}) => migration,
    tenant: ({tenant}) => tenant,
    environments: ({tenant}) => [`${tenant}/production`],
    locks: ({id, host}) => [environmentLock(id), drillLock(host), shareLock(host, id)],
    steps: input => steps(platform, input, verify),
  })
}

interface Back extends Work {
  readonly input: RollbackInput
  readonly going: Going
}

function steps(platform: Platform, input: RollbackInput, verify: Asking['verify']): readonly Step[] {
  const {kept: all, ...rest} = workOf(platform, input)
  const kept = under(all, 'rollback')
  const goal = {kind: 'point', name: input.point} as const
  const target = {restore: input.migration, set: input.set, timeline: input.timeline, goal}
  const work: Back = {...rest, input, kept, going: {platform, which: rest.which, kept, input: target}}
  const [page, mail] = [closing(work), mailed(work, 'rolled-back')]
  const [going, laid, data] = [begun(work), laidOut(work.going), dataOfBefore(work, page.state)]
  const name = 'people-see-a-page'
  return [
    step('migration-is-rolling-back', going, {undo: going.undo}),
    step('two-people-agreed', twoPeople(work, verify)),
    step('release-of-before-is-on-every-server', releaseStaged(work), {within: 'PT10M'}),
    step('chain-is-proven-restorable', chainProven(work), {within: 'PT10M'}),
    step('state-before-is-laid-out-and-reached-beside', laid, {undo: laid.undo, within: 'PT1M'}),
    {...step(name, page.open, undo.by(page.close)), opens: {atMost: page.open.atMost}},
    step('backup-of-now-is-proven', held(work, backedUpNow(work))),
    step('state-of-now-is-measured-and-archived', held(work, measuredBefore(work))),
    step('database-is-as-before', data, {undo: data.undo}),
    step('every-server-is-switched-back', serversSwitched(work, page.state)),
    step(
      'checks-pass',
      checksPass(work, () => rowsAt(work, input.point)),
    ),
    step('new-line-has-a-full-backup', newFull(work.going)),
    step('mail-is-on-its-way', mail, {undo: mail.undo}),
    {
      ...step(`${name}-no-more`, page.close, undo.never('people write into the version of before', document)),
      closes: name,
    },
    step('old-data-is-gone', oldDataGone(work.going)),
    step('rollback-is-recorded', recorded(work)),
  ]
}

/** A place of its own beside the migration: its backup must not be taken for that of the migration. */
function under({detail, keep}: Kept, name: string): Kept {
  const own = async () => ((await detail())[name] ?? {}) as Readonly<Record<string, unknown>>
  return {detail: own, keep: async more => keep({[name]: {...(await own()), ...more}})}
}

function held(work: Work, fact: Fact): Fact {
  return {holds: at => fact.holds(at), make: orBack(work, at => fact.make(at))}
}

function begun({platform, input}: Back): Fact & {undo: Undo} {
  const {ledger} = platform
  const {migration: id, tenant} = input
  return {
    holds: async at => {
      const row = await migrationFor(ledger, id)
      return row.state === 'rolling-back' && row.run === at.run
    },
    make: async at => {
      await ledger.transaction(async tx => {
        if (!(await changeMigration(tx, {id, from: ['done']}, {state: 'rolling-back', run: at.run})))
          throw new Refusal('migration-state', `Migration ${id} is not done; there is nothing to roll back.`, {
            remedies: [`selfhelp migration show ${id}`],
          })
        const why = `${tenant} is rolled back, run ${at.run}`
        await haltWaves(tx, {tenant, version: input.from, why})
      })
    },
    undo: {
      kind: 'by',
      undo: async () => void (await changeMigration(ledger, {id, from: ['rolling-back']}, {state: 'done'})),
    },
  }
}

function twoPeople({platform, input}: Back, verify: Asking['verify']): Fact {
  const {ledger, clock} = platform
  let agreed = false
  return {
    holds: async () => agreed,
    make: async at => {
      const found = await assertTwoPeople({ledger, verify}, `${input.tenant}/production`, clock.now())
      at.tell(`asked for by ${found.requester}, approved by ${found.approver}`)
      agreed = true
    },
  }
}

/** Throws `Refusal('calendar-needs')` without an override of two people for a rollback that holds now. */
export async function assertTwoPeople(
  asking: Asking,
  environment: string,
  at: Parameters<typeof overrideInForce>[1]['at'],
) {
  const found = await overrideInForce(asking, {environment, rule: 'rollback', at})
  if (found) return found
  throw new Refusal(
    'calendar-needs',
    `A rollback of ${environment} loses what was written since: two people decide it.`,
    {
      facts: {environment, rule: 'rollback'},
      remedies: [
        `selfhelp override request ${environment} --rule rollback --until TIME --reason TEXT`,
        'selfhelp override approve ID --operator-key FILE',
      ],
    },
  )
}

/** The data of before, to the row; going back puts the data of now back, with its version. */
function dataOfBefore(work: Back, state: StateOf): Fact & {undo: Undo} {
  const {platform, which, input, going} = work
  const target = atTheTarget(going)
  const before = async () => (await figuresAt(platform.ledger, input.point))?.figures as Figures | undefined
  return {
    holds: at => target.holds(at),
    make: async at => {
      await putVersion(platform.ledger, input.id, input.to)
      await target.make(at)
      const wanted = await before()
      const other = wanted ? differences(wanted, await measureLive({platform}, await which(), at)) : []
      if (other.length > 0) throw failed(input, `it does not hold what it held: ${other.join('; ')}.`)
    },
    undo: {
      kind: 'by',
      undo: async at => {
        await putVersion(platform.ledger, input.id, input.from)
        if (target.undo.kind === 'by') await target.undo.undo(at)
        await servedAgain(work, state, at)
      },
    },
  }
}

async function servedAgain({platform, which, input}: Back, state: StateOf, at: At): Promise<void> {
  const now = switched(
    platform,
    atVersion(async () => [await which()], input.from),
    state,
  )
  if (!(await now.holds(at))) await now.make(at)
}

function recorded({platform, input, kept}: Back): Fact {
  const {ledger, clock} = platform
  const id = input.migration
  return {
    holds: async at => {
      const row = await migrationFor(ledger, id)
      return row.state === 'rolled-back' && row.run === at.run
    },
    make: async at => {
      const seconds = closedSeconds((await kept.detail()).closed as Closed | undefined, at.run) ?? 0
      await kept.keep({closedSeconds: seconds})
      await changeMigration(ledger, {id, from: ['rolling-back']}, {state: 'rolled-back', endedAt: clock.now()})
      at.tell(`people were kept out for ${seconds.toFixed(1)} s`)
    },
  }
}
