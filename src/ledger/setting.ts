import type {Queries} from './ledger.ts'

/** What the control plane was told once and for all, by name. */
export interface Settings {
  /** The domain below which every platform has its names. */
  readonly 'base-domain': string
  /** The internal authority's root certificate in PEM. */
  readonly 'ca-certificate': string
  /** The control plane's SSH key as hosts know it. */
  readonly 'ssh-public-key': string
  /** The public half of the key that signs the journal's heads, in PEM. */
  readonly 'journal-public-key': string
  /** E-mail address of the machine operator that signs what nobody typed. */
  readonly 'machine-operator': string
  /** The hosts that failed the last time hosts were asked or changed. */
  readonly 'failed-hosts': readonly string[]
  /** Where the ledger's own backups lie, and what the last one that arrived there was. */
  readonly 'ledger-backup': {
    readonly host: string
    readonly folder: string
    readonly arrivedAt?: string
    readonly label?: string
  }
  /** Epochs are above it: hosts may have heard of some that a restored ledger forgot. */
  readonly 'epoch-floor': number
  /** What edges may offer over TLS. */
  readonly 'tls-policy': 'intermediate' | 'modern'
  /** The directory of the authority that speaks ACME; all that is believed of it lies sealed. */
  readonly 'acme-authority': string
}

/** One setting, if it was ever made. */
export async function setting<N extends keyof Settings>(ledger: Queries, name: N): Promise<Settings[N] | undefined> {
  const row = await ledger.one<{value: Settings[N]}>`select value from setting where name = ${name}`
  return row?.value
}

/** Makes a setting, or changes it. */
export async function putSetting<N extends keyof Settings>(
  ledger: Queries,
  name: N,
  value: Settings[N],
): Promise<void> {
  await ledger.all`
    insert into setting (name, value) values (${name}, ${JSON.stringify(value)})
    on conflict (name) do update set value = excluded.value`
}

/** Takes a setting back. */
export async function deleteSetting(ledger: Queries, name: keyof Settings): Promise<void> {
  await ledger.all`delete from setting where name = ${name}`
}
