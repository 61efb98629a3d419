import {createHash} from 'node:crypto'
import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import {type Address, addressOf} from '../ledger/address.ts'
import {host} from '../ledger/host.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import type {Place} from '../ledger/place.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {setting} from '../ledger/setting.ts'
import type {Machine} from '../machine/model.ts'

/** What looking after the ledger needs of the world. */
export interface Keeper {
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  machine(host: string): Promise<Machine>
}

/** The ledger of this home. Throws `Refusal('ledger-elsewhere')` for one in somebody else's PostgreSQL. */
export function privateLedger({home, env}: Pick<Keeper, 'home' | 'env'>): Address & {kind: 'private'; place: Place} {
  const address = addressOf(home, env)
  if (address.kind === 'private') return address
  throw new Refusal('ledger-elsewhere', 'The ledger lies in the PostgreSQL of SELFHELP_DATABASE_URL.', {
    remedies: [
      'Whoever runs that PostgreSQL backs it up; the key file and its sealed copies are yours: docs/decisions/secrets.md.',
    ],
  })
}

/** Which host keeps them: as typed, else as before. Throws `Refusal` `input-invalid`, `not-found`, `placement-refused`. */
export async function keptOn(ledger: Queries, typed: string | undefined): Promise<string> {
  const name = typed ?? (await setting(ledger, 'ledger-backup'))?.host
  if (name === undefined)
    throw new Refusal('input-invalid', "Nobody has said yet which host keeps the ledger's backups.", {
      remedies: ['selfhelp ledger backup --to HOST', 'selfhelp host list --role repository'],
    })
  const found = await host(ledger, name)
  if (found === undefined || found.retiredAt !== undefined)
    throw new Refusal('not-found', `There is no host ${name}.`, {remedies: ['selfhelp host list']})
  if (found.roles.includes('repository')) return name
  throw new Refusal('placement-refused', `${name} is no repository host.`, {
    facts: {host: name, roles: found.roles},
    remedies: ['selfhelp host list --role repository'],
  })
}

/** The folder of this control plane there: two of them may share a host. */
export async function folderThere(ledger: Queries): Promise<string> {
  const key = (await setting(ledger, 'ssh-public-key')) ?? ''
  return `/var/lib/selfhelp-ledger/${createHash('sha256').update(key).digest('hex').slice(0, 12)}`
}
