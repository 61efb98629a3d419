import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {shortId} from '../ledger/short-id.ts'
import {
  insertWave,
  putWaveState,
  type WaveMemberRow,
  type WaveRow,
  type WaveState,
  waveMembers,
  waves,
} from '../ledger/wave.ts'
import {assertReachable} from '../release/steps.ts'
import {placesOf} from './known.ts'

/** A wave as commands answer with it. */
export interface WaveShown extends WaveRow {
  /** The batch whose turn it is; none when all are done. */
  readonly batch?: number | undefined
  readonly items: readonly WaveMemberRow[]
}

export interface WaveAsked {
  readonly version: string
  readonly tenants: readonly string[]
  /** How many go first, alone. */
  readonly canary: number
  /** Of all, each next batch. */
  readonly percent: number
  readonly operator: string
}

/** Who goes in which batch, in the order they were named; pure. */
export function batchesOf({tenants, canary, percent}: Pick<WaveAsked, 'tenants' | 'canary' | 'percent'>) {
  const size = Math.max(1, Math.ceil((tenants.length * percent) / 100))
  return tenants.map((tenant, at) => ({tenant, batch: at < canary ? 1 : 2 + Math.floor((at - canary) / size)}))
}

/** Puts tenants into a wave: each still by its own request, gate and calendar. Throws `not-found`, `release-unfit`, `input-invalid`. */
export async function createWave(ledger: Ledger, now: Temporal.Instant, asked: WaveAsked): Promise<WaveShown> {
  const {version, tenants, operator} = asked
  const twice = tenants.filter((tenant, at) => tenants.indexOf(tenant) !== at)
  if (twice.length > 0 || tenants.length === 0)
    throw new Refusal(
      'input-invalid',
      `A wave names each tenant once; twice: ${twice.join(', ') || 'nobody is named'}.`,
      {
        remedies: ['--tenants acme,bolt'],
      },
    )
  for (const tenant of tenants) {
    const {production} = await placesOf(ledger, tenant)
    if (production.version !== version) await assertReachable(ledger, {from: production.version, to: version})
  }
  const id = shortId('w')
  await ledger.transaction(tx => insertWave(tx, {id, version, operator, createdAt: now}, batchesOf(asked)))
  return showWave(ledger, id)
}

/** One wave. Throws `Refusal('not-found')`. */
export async function showWave(q: Queries, id: string): Promise<WaveShown> {
  const [row] = await waves(q, {id})
  if (row) return shown(q, row)
  throw new Refusal('not-found', `There is no wave ${id}.`, {
    facts: {wave: id},
    remedies: ['selfhelp migration wave list'],
  })
}

/** Waves, the newest first. */
export async function listWaves(q: Queries): Promise<{items: readonly WaveShown[]}> {
  const items = []
  for (const row of await waves(q)) items.push(await shown(q, row))
  return {items}
}

/** Stops a wave, or lets it go on after it was paused or halted. Throws `Refusal('not-found')`. */
export async function turnWave(
  ledger: Ledger,
  {id, state, why}: {id: string; state: Exclude<WaveState, 'halted'>; why: string},
): Promise<WaveShown> {
  await showWave(ledger, id)
  await putWaveState(ledger, {id, state, why: state === 'running' ? undefined : why})
  return showWave(ledger, id)
}

/** A tenant's production waits for its wave: it goes on, and everybody of earlier batches is done. Throws `migration-gate`. */
export async function assertTurn(q: Queries, {tenant, version}: {tenant: string; version: string}): Promise<void> {
  for (const row of await waves(q, {tenant, version})) {
    const {id, state, why, items} = await shown(q, row)
    const own = items.find(each => each.tenant === tenant)?.batch ?? 1
    const before = items.filter(each => each.batch < own && each.state !== 'done').map(each => each.tenant)
    if (state === 'running' && before.length === 0) continue
    const because = state === 'running' ? `before it come ${before.join(', ')}` : `it is ${state}: ${why}`
    throw new Refusal('migration-gate', `Production of ${tenant} waits for wave ${id}: ${because}.`, {
      facts: {wave: id, state, before},
      remedies: [`selfhelp migration wave show ${id}`, `selfhelp migration wave resume ${id} --reason TEXT`],
    })
  }
}

/** A failure halts every wave it is part of. */
export async function haltWaves(
  q: Queries,
  {tenant, version, why}: {tenant: string; version: string; why: string},
): Promise<void> {
  for (const {id, state} of await waves(q, {tenant, version}))
    if (state === 'running') await putWaveState(q, {id, state: 'halted', why})
}

async function shown(q: Queries, row: WaveRow): Promise<WaveShown> {
  const items = await waveMembers(q, row)
  const batch = items.find(({state}) => state !== 'done')?.batch
  return {...row, batch, items}
}
