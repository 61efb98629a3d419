import type {Queries} from '../ledger/ledger.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import type {Pace, Selection} from './fleet.ts'
import {selected} from './list.ts'
import type {Host} from './model.ts'

/** Hosts as typed: names, and the flags of every fleet command. */
export interface Meant {
  readonly names: readonly string[]
  readonly flags: {
    readonly site?: string | undefined
    readonly role?: string | undefined
    readonly all: boolean
    readonly only?: string | undefined
    readonly parallel: number
    readonly 'per-site': number
    readonly deadline?: number | undefined
  }
}

/** The hosts meant, and the pace. Throws `Refusal` `input-invalid` for none at all, `not-found` for unknown names. */
export async function meant(
  ledger: Queries,
  {names, flags}: Meant,
  seconds: number,
): Promise<{hosts: readonly Host[]; pace: Pace}> {
  const {site, role, all, only, parallel, deadline = seconds} = flags
  const pace: Pace = {parallel, perSite: flags['per-site'], deadline: deadline * 1000}
  const selection: Selection = {names, site, role, all: all || (only !== undefined && names.length === 0)}
  const hosts = await selected(ledger, selection)
  if (only === undefined) return {hosts, pace}
  const failed = (await setting(ledger, 'failed-hosts')) ?? []
  return {hosts: hosts.filter(({name}) => failed.includes(name)), pace}
}

/** Remembers which hosts failed, for `--only failed`. */
export async function rememberFailed(
  ledger: Queries,
  items: readonly {readonly host: string; readonly ok: boolean}[],
): Promise<void> {
  const before = (await setting(ledger, 'failed-hosts')) ?? []
  const asked = new Set(items.map(({host}) => host))
  const still = before.filter(host => !asked.has(host))
  const failed = [...still, ...items.filter(({ok}) => !ok).map(({host}) => host)].sort()
  if (failed.join() !== [...before].sort().join()) await putSetting(ledger, 'failed-hosts', failed)
}
