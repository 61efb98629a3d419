import {Temporal} from 'temporal-polyfill'
import {engineOf, readable, runJob, startScratch} from '../backup/steps.ts'
import type {Contract} from '../contract/model.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {accounts, asApplication, clusters, environmentLock, schemas, superuser} from '../environment/steps.ts'
import {Failure, Refusal} from '../error.ts'
import {type CopyRow, copyOf, deleteCopy, putCopy} from '../ledger/copy.ts'
import {changeRestore, restoreById} from '../ledger/restore.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {program} from '../render/render.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {closedMeanwhile} from './around.ts'
import {orBack} from './exchange.ts'
import {forgetting, masked} from './mask.ts'
import {clear, foldersOf, foldersThere, swap} from './swap.ts'
import {type Copying, type CopyWork, goalOf} from './work.ts'

type Reversible = Fact & {readonly undo: Undo}

/** The host that gets the copy may read production's backups. */
export function mayRead({platform, source, which}: Copying): Reversible & {readonly closed: Fact} {
  const {open, closed} = readable(platform, {of: source, by: which})
  return {...open, undo: {kind: 'by', undo: at => closed.make(at)}, closed}
}

/** What production held lies beside what is there, opened once where nobody reaches it, and without what must not be in it. */
export function copyBeside(work: Copying): Reversible {
  const {platform, input, source, which} = work
  return {
    holds: async () => {
      const {next, before, reached} = await foldersThere(platform, await which(), input.restore)
      return before || (next && reached)
    },
    make: async at => {
      const [environment, from] = [await which(), await source()]
      const {next} = foldersOf(environment, input.restore)
      await clear({platform, environment}, {folder: next, anew: true}, at)
      const restoring = {set: input.set, timeline: input.timeline, goal: goalOf(input)}
      at.tell(`laying out ${input.set} of ${fullName(from)}`)
      await engineOf(platform, from).restore({into: next, restoring, archiving: false, beside: environment}, at)
      at.tell('replaying WAL up to the target')
      await settled(work, environment, at)
    },
    undo: {
      kind: 'by',
      undo: async at => {
        const environment = await which()
        await clear({platform, environment}, {folder: foldersOf(environment, input.restore).next}, at)
      },
    },
  }
}

async function settled({platform, input, look}: Copying, environment: Environment, at: At): Promise<void> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const fence = at.fence(environmentLock(environment.id))
  const {next: folder} = foldersOf(environment, input.restore)
  const name = folder.replace(/.*selfhelp-/, '').replace(/-next$/, '')
  const listening = {port: environment.ports.database, socket: `/run/selfhelp-scratch-${name}`}
  await startScratch({machine, name, folder, listening}, environment, at)
  await look?.(listening, at)
  const psql = (args: readonly string[], input: string) => {
    const action = {act: 'run_as', args: ['postgres', ...args, '-f', '-'], input}
    return machine.act(`${at.run}-settle-${crypto.randomUUID()}`, [action], fence)
  }
  await psql(superuser(listening, 'postgres'), forgetting)
  await psql(asApplication(listening), masked(input.masking)).catch(error => {
    throw error instanceof Failure && error.code === 'action-failed' ? notMasked(environment, error) : error
  })
  const end = await runJob(machine, {
    name: `${at.run} settle`,
    user: 'root',
    anew: true,
    argv: ['sh', '-c', program('copy-settle.sh'), 'settle', name, folder],
    fence,
    signal: at.signal,
  })
  if (end.exit === 0) return
  throw new Failure(
    'backup-engine-failed',
    `The copy beside ${fullName(environment)} did not end well on ${machine.host}.`,
    {
      facts: {host: machine.host, said: end.err.slice(-2000)},
    },
  )
}

/** From now on it says on every page of what it is a copy, and calls nobody; that is so before the content is there. */
export function saysSo(work: CopyWork): Reversible {
  const {platform, input, which, source} = work
  const {ledger, clock} = platform
  const told = closedMeanwhile(work)
  const known = async () => (await restoreById(ledger, input.restore))?.detail as Said | undefined
  return {
    holds: async at => (await known())?.copyBy === at.run && (await told.holds(at)),
    make: async at => {
      const [origin, moment] = [fullName(await source()), Temporal.Instant.from(input.goal.at)]
      if ((await known())?.copyBy !== at.run)
        await ledger.transaction(async tx => {
          const before = (await copyOf(tx, input.id)) ?? null
          const row = {environment: input.id, origin, moment, masked: input.masking, madeAt: clock.now()}
          await putCopy(tx, {...row, liftedAt: undefined, liftedBy: undefined})
          await changeRestore(
            tx,
            {id: input.restore, from: ['running']},
            {detail: {copyBy: at.run, copyBefore: before}},
          )
        })
      if (!(await told.holds(at))) await told.make(at)
      at.tell(`${fullName(await which())} says that it is a copy of ${origin}`)
    },
    undo: {
      kind: 'by',
      undo: async at => {
        const {copyBy, copyBefore} = (await known()) ?? {}
        if (copyBy !== at.run) return
        await ledger.transaction(async tx => {
          if (copyBefore) await putCopy(tx, revived(copyBefore))
          else await deleteCopy(tx, input.id)
          await changeRestore(tx, {id: input.restore, from: ['running']}, {detail: {copyBy: null, copyBefore: null}})
        })
      },
    },
  }
}

interface Said {
  readonly copyBy?: string | null
  /** As JSON keeps it. */
  readonly copyBefore?: Record<keyof CopyRow, string> | null
}

/** The copy is what the services find; what was there is kept beside it. */
export function inItsPlace(work: CopyWork): Reversible {
  const {platform, input, which} = work
  return {
    holds: async at => (await restoreById(platform.ledger, input.restore))?.detail.exchangedBy === at.run,
    make: orBack(work, async at => {
      const environment = await which()
      await swap(platform, {environment, restore: input.restore, way: 'in'}, at)
      // Production's password of the application has come along.
      const asWanted = clusters(platform, async () => [environment])
      if (!(await asWanted.holds(at))) await asWanted.make(at)
      await changeRestore(platform.ledger, {id: input.restore, from: ['running']}, {detail: {exchangedBy: at.run}})
    }),
    undo: {
      kind: 'by',
      undo: async at => {
        const environment = await which()
        await swap(platform, {environment, restore: input.restore, way: 'out'}, at)
        at.tell(`${fullName(environment)} holds what it held`)
      },
    },
  }
}

/** What came from an older release is brought to the level of its own. */
export function schemaFits({platform, which}: CopyWork): Fact {
  return schemas(platform, async () => [await which()])
}

/** The people of the contract have accounts of this environment, besides those that came along (R116). */
export function ownAccounts({platform, input, which}: CopyWork): Fact {
  const ours = async (): Promise<Fact> => {
    const contract = (await tenantNamed(platform.ledger, input.tenant))?.contract as Contract
    return accounts(platform, async () => [await which()], contract)
  }
  return {
    holds: async at => (await ours()).holds(at),
    make: async at => (await ours()).make(at),
  }
}

function revived(row: Record<keyof CopyRow, string>): CopyRow {
  const instant = (text: string | undefined) => (text ? Temporal.Instant.from(text) : undefined)
  return {
    ...(row as unknown as CopyRow),
    moment: Temporal.Instant.from(row.moment),
    madeAt: Temporal.Instant.from(row.madeAt),
    liftedAt: instant(row.liftedAt),
  }
}

function notMasked(environment: Environment, cause: Failure): Refusal {
  const said = String(cause.facts.said)
  const why = /ERROR: *(.*)/.exec(said)?.[1] ?? said
  return new Refusal('restore-failed', `The copy for ${fullName(environment)} is not made: ${why}.`, {
    facts: {environment: fullName(environment), said},
    remedies: [`Widen \`masking\` in the contract: selfhelp contract update ${environment.tenant} --contract FILE`],
    cause,
  })
}
