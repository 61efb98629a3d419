import {arrived, differences, engineOf, type Figures, figuresIn, remeasuring} from '../backup/steps.ts'
import type {Maskable} from '../contract/model.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {
  atVersion,
  clusters,
  environmentLock,
  type Listening,
  type Platform,
  type StateOf,
  switched,
} from '../environment/steps.ts'
import {Failure, Refusal} from '../error.ts'
import {figuresAt, putFigures} from '../ledger/backup.ts'
import {type CopyRow, copyOf, deleteCopy, putCopy} from '../ledger/copy.ts'
import {putVersion} from '../ledger/environment.ts'
import {type Copying, copyBeside, mayRead, measureLive, swap} from '../restore/steps.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {environmentIn, type MoveInput, orBack, type Work} from './work.ts'

export interface QualificationInput extends MoveInput {
  /** What runs there before. */
  readonly before: string
  readonly production: {readonly id: string; readonly host: string}
  /** SHA-256 of the archive that is tried. */
  readonly build: string
  /** What nobody is to recognise there, as the contract says. */
  readonly masking: readonly Maskable[]
}

export interface Refreshing extends Work {
  readonly input: QualificationInput
}

type Reversible = Fact & {readonly undo: Undo}

/** The restore point of production that qualification gets. */
const pointOf = ({run}: Pick<At, 'run'>): string => `qualify_${run.replace(/[^A-Za-z0-9]/g, '_')}`.slice(0, 63)

const productionOf = ({platform, input}: Refreshing) =>
  environmentIn(platform, {tenant: input.tenant, id: input.production.id})

/** What production holds is written down, at a point that has arrived in the repository. */
export function productionMeasured(work: Refreshing): Fact {
  const {platform} = work
  return {
    holds: async at => (await figuresAt(platform.ledger, pointOf(at))) !== undefined,
    make: async at => {
      const production = await productionOf(work)
      const engine = engineOf(platform, production)
      const figures = await engine.measure(pointOf(at), at)
      await arrived(platform, engine, {segment: figures.segment, at})
      await putFigures(platform.ledger, {point: figures.point, environment: production.id, at: figures.at, figures})
    },
  }
}

/** The host of qualification may read production's backups, as long as it is needed. */
export function backupsReadable(work: Refreshing): Reversible & {readonly closed: Fact} {
  const {platform, which} = work
  return mayRead({platform, which, source: () => productionOf(work), input: neither})
}

const neither = {restore: '', set: '', timeline: 1, goal: {kind: 'point', name: ''}, masking: []} as const

/** Production's newest backup, replayed to that point, lies beside qualification's data: equal to the row when it was opened (R139). */
export function dataBeside(work: Refreshing): Reversible {
  const copying = async (at: At) => copyBeside(await copyingOf(work, at))
  return {
    holds: async at => (await work.kept.detail()).besideBy === at.run,
    make: async at => {
      const fact = await copying(at)
      if (!(await fact.holds(at))) await fact.make(at)
      await work.kept.keep({besideBy: at.run})
    },
    undo: {
      kind: 'by',
      undo: async at => {
        const {undo} = await copying(at)
        if (undo.kind === 'by') await undo.undo(at)
      },
    },
  }
}

async function copyingOf(work: Refreshing, at: At): Promise<Copying> {
  const {platform, which, kept, input} = work
  const production = await productionOf(work)
  const {sets} = await engineOf(platform, production).list()
  const set = sets.at(-1)
  if (!set) throw nothingTo(production)
  const timeline = Number.parseInt(set.wal.last.slice(0, 8), 16)
  const goal = {kind: 'point', name: pointOf(at)} as const
  return {
    ...{platform, which, source: async () => production},
    input: {restore: input.migration, set: set.label, timeline, goal, masking: input.masking},
    look: async listening => {
      const source = await sourceOf(platform, at)
      await assertSame(work, {listening, source, at})
      await kept.keep({dataOf: source.at.toString(), refreshedFrom: set.label})
      at.tell(`the data of production of ${source.at}, equal to the row`)
    },
  }
}

/** Qualification is what production is: its data and its version; it says so on every page, and calls nobody (R139). */
export function asProduction(work: Refreshing, state: StateOf): Reversible {
  const {platform, kept, which, input} = work
  const at = (version: string) =>
    switched(
      platform,
      atVersion(async () => [await which()], version),
      state,
    )
  const same = at(input.from)
  const asWanted = clusters(platform, async () => [await which()])
  return {
    holds: async here => (await kept.detail()).asProductionBy === here.run,
    make: orBack(work, async here => {
      await saidToBeCopy(work, here)
      await swap(platform, {environment: await which(), restore: input.migration, way: 'in'}, here)
      // Production's password of the application has come along.
      if (!(await asWanted.holds(here))) await asWanted.make(here)
      await putVersion(platform.ledger, input.id, input.from)
      if (!(await same.holds(here))) await same.make(here)
      await kept.keep({asProductionBy: here.run, copied: (await live(work, here)).rows})
    }),
    undo: {
      kind: 'by',
      undo: async here => {
        await swap(platform, {environment: await which(), restore: input.migration, way: 'out'}, here)
        await takenBack(work, here)
        await putVersion(platform.ledger, input.id, input.before)
        const old = at(input.before)
        if (!(await old.holds(here))) await old.make(here)
        here.tell(`${input.tenant}/qualification is what it was`)
      },
    },
  }
}

/** Rows by table once it stood there as a copy, without sessions and links: nothing of these may be missing later. */
export async function countsOf({kept}: Refreshing): Promise<Readonly<Record<string, number>>> {
  return ((await kept.detail()).copied ?? {}) as Readonly<Record<string, number>>
}

async function live({platform, which}: Refreshing, at: At): Promise<Figures> {
  return measureLive({platform}, await which(), at)
}

/** As JSON keeps it. */
type Kept = Record<keyof CopyRow, string>

async function saidToBeCopy({platform, kept, input}: Refreshing, at: At): Promise<void> {
  const {ledger, clock} = platform
  const before = (await kept.detail()).copyBefore as {run: string} | undefined
  if (before?.run !== at.run) {
    const row = await copyOf(ledger, input.id)
    await kept.keep({copyBefore: {run: at.run, ...(row ? {row} : {})}})
  }
  const origin = `${input.tenant}/production`
  const source = await sourceOf(platform, at)
  const copy = {environment: input.id, origin, moment: source.at, masked: input.masking, madeAt: clock.now()}
  await putCopy(ledger, {...copy, liftedAt: undefined, liftedBy: undefined})
}

async function takenBack({platform, kept, input}: Refreshing, at: At): Promise<void> {
  const {run, row} = ((await kept.detail()).copyBefore ?? {}) as {run?: string; row?: Kept}
  if (run !== at.run) return
  if (row) await putCopy(platform.ledger, row as unknown as CopyRow)
  else await deleteCopy(platform.ledger, input.id)
}

async function sourceOf({ledger}: Pick<Platform, 'ledger'>, at: At): Promise<Figures> {
  return (await figuresAt(ledger, pointOf(at)))?.figures as Figures
}

async function assertSame(
  {platform, which}: Refreshing,
  {listening, source, at}: {listening: Listening; source: Figures; at: At},
): Promise<void> {
  const environment = await which()
  const machine = await platform.machine(hostOf(environment, 'database'))
  const {args, input} = remeasuring(listening)
  const fence = at.fence(environmentLock(environment.id))
  const [answer] = await machine.act(`${at.run}-same-${crypto.randomUUID()}`, [{act: 'run_as', args, input}], fence)
  const other = differences(source, figuresIn(answer, source.point))
  if (other.length === 0) return
  throw new Refusal(
    'migration-failed',
    `${fullName(environment)} did not get what production holds: ${other.join('; ')}.`,
    {facts: {differences: other}, remedies: [`selfhelp backup drill ${environment.tenant}/production`]},
  )
}

function nothingTo(production: Environment): Failure {
  return new Failure('backup-engine-failed', `There is no backup of ${fullName(production)} that could be restored.`, {
    remedies: [`selfhelp backup take ${fullName(production)} --type full`],
  })
}
