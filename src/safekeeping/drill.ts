import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {Failure, Refusal} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import {connectLedger} from '../ledger/connect.ts'
import {archivedSegment, beginLedgerDrill, endLedgerDrill, heldAt, heldIn, ledgerDrill} from '../ledger/drill.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {keyFileOf, readKeys} from '../secret/key-file.ts'
import {bringAway} from './away.ts'
import {openKit, parseKit} from './kit.ts'
import {dropped, emptied, fetched, opened, opening, scratchOf} from './laid.ts'
import {textThere} from './mirror.ts'
import {archiveLock, differences, type LedgerFigures} from './model.ts'
import {folderThere, type Keeper, keptOn, privateLedger} from './place.ts'

/** The ledger as another host keeps it, restored into an empty place and compared with what it held; kept as evidence. */
export function ledgerDrillRun(keeper: Keeper): Runbook<object> {
  return runbook<object>({
    id: 'ledger-drill',
    bySchedule: true,
    change: 'drill',
    title: () => 'test restore of the ledger',
    subject: () => 'ledger',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [archiveLock],
    steps: () => [
      step('ledger-is-measured-and-on-another-host', measured(keeper), {within: 'PT5M'}),
      step('restore-of-the-ledger-gives-the-same', proven(keeper), {within: 'PT5M'}),
      step('scratch-is-gone', scratchGone(keeper)),
    ],
  })
}

/** A point of its own for each attempt: one that was named twice would be reached too early. */
function measured(keeper: Keeper): Fact {
  const {ledger, clock} = keeper
  return {
    holds: async at => (await ledgerDrill(ledger, at.run)) !== undefined,
    make: async at => {
      const point = `ledger_${clock.now().epochMilliseconds}_${at.run.replace(/[^A-Za-z0-9]/g, '_')}`.slice(0, 63)
      const {segment, ...held} = await heldAt(privateLedger(keeper), point)
      await arrived(keeper, segment, at)
      await bringAway(keeper, {}, at)
      const figures: LedgerFigures = {...held, point, segment, secrets: held.rows.secret ?? 0}
      await beginLedgerDrill(ledger, {id: at.run, point, at: clock.now(), figures})
    },
  }
}

function proven(keeper: Keeper): Fact {
  const {ledger, clock} = keeper
  return {
    holds: async at => (await ledgerDrill(ledger, at.run))?.ok === true,
    make: async at => {
      const source = (await ledgerDrill(ledger, at.run))?.figures as LedgerFigures
      const began = clock.now()
      const other = differences(source, await restored(keeper, source, at))
      const seconds = clock.now().since(began).total('seconds')
      await endLedgerDrill(ledger, {id: at.run, ok: other.length === 0, detail: {differences: other, seconds}})
      const event = {kind: 'ledger-backup-unproven', subject: 'ledger'}
      if (other.length === 0) return void (await settleFinding(ledger, event, clock.now()))
      const remedy = 'selfhelp ledger backup --type full'
      await noteFinding(ledger, {...event, remedy, detail: {differences: other, run: at.run}}, clock.now())
      throw unproven(other, remedy)
    },
  }
}

/** With what the other host has and nothing else: the kit there says how its repository opens. */
async function restored(keeper: Keeper, source: LedgerFigures, at: At): Promise<LedgerFigures> {
  const {ledger, home, env} = keeper
  const keyFile = keyFileOf(home, env)
  const machine = await keeper.machine(await keptOn(ledger, undefined))
  const kit = await textThere(machine, join(await folderThere(ledger), 'ledger-kit.json'))
  const content = openKit(parseKit(kit ?? '', `the kit on ${machine.host}`), readKeys(keyFile))
  const folder = scratchOf(home, at.run)
  const place = await emptied(folder, env)
  at.tell(`bringing the ledger back from ${machine.host}`)
  await fetched(place, machine, content)
  at.tell('restoring it to the point that was measured')
  await opened(place, {goal: {kind: 'point', name: source.point}, archiving: false})
  const copy = await connectLedger({kind: 'private', place, database: 'selfhelp'}, 'owner')
  try {
    const {point, segment} = source
    return {...(await heldIn(copy)), point, segment, secrets: await opening(copy, keyFile)}
  } finally {
    await copy.close()
    await dropped(folder, env)
  }
}

function scratchGone({home, env}: Keeper): Fact {
  return {
    holds: async at => !existsSync(scratchOf(home, at.run)),
    make: async at => dropped(scratchOf(home, at.run), env),
  }
}

/** WAL up to the point is in the repository here. */
async function arrived(keeper: Keeper, segment: string, at: At): Promise<void> {
  const deadline = keeper.clock.now().add({minutes: 3})
  while ((await archivedSegment(privateLedger(keeper))) < segment) {
    if (Temporal.Instant.compare(keeper.clock.now(), deadline) > 0)
      throw new Failure('backup-engine-failed', `WAL ${segment} of the ledger was not archived within 3 minutes.`, {
        facts: {segment},
        remedies: ['selfhelp ledger list', 'df -h'],
      })
    await keeper.clock.sleep(200, at.signal)
  }
}

function unproven(other: readonly string[], remedy: string): Refusal {
  return new Refusal(
    'backup-unproven',
    `The ledger was restored, and does not hold what it held: ${other.join('; ')}.`,
    {
      facts: {differences: other},
      remedies: [remedy],
    },
  )
}
