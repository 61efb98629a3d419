import {differences, type Figures} from '../backup/steps.ts'
import {fullName, hostOf} from '../environment/model.ts'
import {atVersion, clusters, migrated, type StateOf, smoke, staged, switched} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {figuresAt} from '../ledger/backup.ts'
import {putVersion} from '../ledger/environment.ts'
import {
  atTheTarget,
  foldersThere,
  type Going,
  laidOut,
  measureLive,
  newFull,
  oldDataGone,
  pointBefore,
  type Safety,
} from '../restore/steps.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {failed, orBack, type Work} from './work.ts'

const one =
  ({which}: Work) =>
  async () => [await which()]

/** The new release is unpacked on every server; nothing uses it yet, and users notice nothing. */
export function releaseStaged(work: Work, version = work.input.to): Fact {
  return staged(work.platform, atVersion(one(work), version))
}

/** The schema is that of the new version, brought there by its own unit while nobody writes (R151). */
export function schemaMigrated(work: Work, state: StateOf): Fact {
  const {platform, input} = work
  const schema = migrated(platform, atVersion(one(work), input.to), state)
  return {
    holds: async at => (await work.which()).version === input.to && (await schema.holds(at)),
    make: orBack(work, async at => {
      // First, so that whoever comes after a crash here starts nothing of the old version.
      await putVersion(platform.ledger, input.id, input.to)
      at.tell(`schema of ${input.tenant}/${input.name}: to the level of ${input.to}`)
      if (!(await schema.holds(at))) await schema.make(at).catch(cause => heard(work, cause))
    }),
  }
}

/** What its unit said is worth more than that it failed. */
async function heard({platform, which, input}: Work, cause: unknown): Promise<never> {
  if (!(cause instanceof Failure) || cause.code !== 'action-failed') throw cause
  const environment = await which()
  const machine = await platform.machine(hostOf(environment, 'database'))
  const unit = `${environment.id}-migrate.service`
  const [answer] = await machine.ask([
    {ask: 'run', args: ['journalctl', '--no-pager', '-q', '-n', '20', '-o', 'cat', '-u', unit]},
  ])
  const said = answer?.out.trim() ?? ''
  const words = /"message":("(?:[^"\\]|\\.)*")/.exec(said)?.[1]
  const why = words ? String(JSON.parse(words)) : (said.split('\n').at(-1) ?? '')
  if (/timeout|ECONN|terminat/i.test(why))
    throw new Failure(
      'runtime-silent',
      `The database of ${input.tenant}/${input.name} did not let the migration in: ${why}`,
    )
  throw failed(input, `its schema migration says: ${why}.`)
}

/** Every server runs the new version, and nothing else (R134). */
export function serversSwitched(work: Work, state: StateOf): Fact {
  const fact = switched(work.platform, atVersion(one(work), work.input.to), state)
  return {holds: at => fact.holds(at), make: orBack(work, at => fact.make(at))}
}

/** The services use themselves as people would, and nothing that was there is missing (R152). */
export function checksPass(work: Work, wanted: (at: At) => Promise<Readonly<Record<string, number>>>): Fact {
  const {platform, which, input} = work
  let held = false
  return {
    holds: async () => held,
    make: orBack(work, async at => {
      const environment = await which()
      const problems = await smoke(platform, environment, at)
      if (problems.length > 0) throw failed(input, `it does not work: ${problems.join('; ')}.`)
      const found = await measureLive({platform}, environment, at)
      const lost = Object.entries(await wanted(at)).filter(([table, rows]) => found.rows[table] !== rows)
      if (lost.length > 0)
        throw failed(
          input,
          lost.map(([table, rows]) => `${table} has ${found.rows[table] ?? 'no'} rows of ${rows}`).join('; '),
        )
      held = true
    }),
  }
}

/** Rows by table as they were at a restore point. */
export async function rowsAt(
  {platform}: Pick<Work, 'platform'>,
  point: string,
): Promise<Readonly<Record<string, number>>> {
  return ((await figuresAt(platform.ledger, point))?.figures as Figures | undefined)?.rows ?? {}
}

/** The way back from there, at any moment before people are let in: the version, and where it changed the data too. */
export function backToBefore(work: Work, state: StateOf): {undo: Undo} {
  const {platform, input} = work
  return {
    undo: {
      kind: 'by',
      undo: async at => {
        await putVersion(platform.ledger, input.id, input.from)
        await dataAsBefore(work, at)
        const old = switched(platform, one(work), state)
        if (!(await old.holds(at))) await old.make(at)
        at.tell(`${input.tenant}/${input.name} runs ${input.from} again`)
      },
    },
  }
}

/** The data is what was measured before anything changed, to the row; restored where it is not. */
async function dataAsBefore(work: Work, at: At): Promise<void> {
  const {platform, which, kept, input} = work
  const before = (await figuresAt(platform.ledger, pointBefore(at.run)))?.figures as Figures | undefined
  const safety = (await kept.detail()).safety as Safety | undefined
  // Nothing was begun before there was a way back.
  if (before === undefined || safety?.run !== at.run) return
  const environment = await which()
  const there = await foldersThere(platform, environment, input.migration)
  if (!there.before && (await equal(work, {before, at}))) return at.tell('the data is untouched, equal to the row')
  const goal = {kind: 'point', name: pointBefore(at.run)} as const
  const target = {restore: input.migration, set: safety.label, timeline: safety.timeline, goal}
  const going: Going = {platform, which, kept, input: target}
  for (const fact of [laidOut(going), atTheTarget(going)]) if (!(await fact.holds(at))) await fact.make(at)
  const found = await measureLive({platform}, environment, at)
  const other = differences(before, found)
  if (other.length > 0)
    throw new Failure(
      'run-stopped-past-return',
      `${fullName(environment)} was restored, and does not hold what it held: ${other.join('; ')}.`,
      {facts: {differences: other, backup: safety.label}, remedies: [`selfhelp backup list ${fullName(environment)}`]},
    )
  at.tell('the state before is back, equal to the row')
  for (const fact of [newFull(going), oldDataGone(going)]) if (!(await fact.holds(at))) await fact.make(at)
  const asWanted = clusters(platform, one(work))
  if (!(await asWanted.holds(at))) await asWanted.make(at)
}

/** A database that does not answer is not what it was. */
async function equal({platform, which}: Work, {before, at}: {before: Figures; at: At}): Promise<boolean> {
  try {
    return differences(before, await measureLive({platform}, await which(), at)).length === 0
  } catch (error) {
    if (error instanceof Failure && error.code === 'backup-engine-failed') return false
    throw error
  }
}
