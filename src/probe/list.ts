import {Bug, Refusal} from '../error.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {type ProbeRow, probes, putProbe} from '../ledger/probe.ts'
import type {Probe} from './model.ts'

/** Every probe point, by name. */
export async function listProbes(ledger: Queries): Promise<{items: readonly Probe[]}> {
  return {items: (await probes(ledger)).map(asProbe)}
}

/** Adds a probe point, or says anew where it is; the same again changes nothing, nor does a plan. */
export async function addProbe(ledger: Ledger, probe: Probe, plan = false): Promise<{probe: Probe; changed: boolean}> {
  const {items} = await listProbes(ledger)
  const changed = !items.some(each => JSON.stringify(each) === JSON.stringify(probe))
  if (changed && !plan) await putProbe(ledger, {...probe, target: {...probe.target}})
  return {probe, changed}
}

/** One probe point, the first when none is named. Throws `Refusal('not-found')`. */
export async function probeNamed(ledger: Queries, name?: string): Promise<Probe> {
  const {items} = await listProbes(ledger)
  const found = name === undefined ? items[0] : items.find(each => each.name === name)
  if (found) return found
  throw new Refusal('not-found', name === undefined ? 'There is no probe point.' : `There is no probe point ${name}.`, {
    remedies: ['selfhelp probe add NAME --netns NAME', 'selfhelp probe list'],
  })
}

function asProbe({name, kind, target}: ProbeRow): Probe {
  if (kind === 'netns' && target.netns !== undefined) return {name, kind, target: {netns: target.netns}}
  if (kind === 'ssh' && target.ssh !== undefined) return {name, kind, target: {ssh: target.ssh}}
  throw new Bug(`The ledger's probe ${name} says nowhere to be.`)
}
