import type {Queries} from './ledger.ts'

export interface ProbeRow {
  readonly name: string
  readonly kind: 'netns' | 'ssh'
  readonly target: Readonly<Record<string, string>>
}

/** Every probe point, by name. */
export async function probes(ledger: Queries): Promise<ProbeRow[]> {
  return ledger.all<ProbeRow>`select * from probe order by name`
}

/** Adds a probe point, or says anew where it is. */
export async function putProbe(ledger: Queries, {name, kind, target}: ProbeRow): Promise<void> {
  await ledger.all`
    insert into probe (name, kind, target) values (${name}, ${kind}, ${target})
    on conflict (name) do update set kind = excluded.kind, target = excluded.target`
}
