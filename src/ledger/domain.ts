import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A name that a customer brought along. */
export interface DomainRow {
  readonly name: string
  readonly tenant: string
  /** Of the environment. */
  readonly id: string
  /** `acme/production` */
  readonly environment: string
  readonly face: 'presentation' | 'edition'
  /** Its DNS record was seen. */
  readonly verifiedAt: Temporal.Instant | undefined
  /** Of the certificate it is served with. */
  readonly notAfter: Temporal.Instant | undefined
}

/** Names customers brought along, of one tenant or of all. */
export async function domains(ledger: Queries, tenant?: string): Promise<DomainRow[]> {
  return ledger.all<DomainRow>`
    select h.name, e.tenant, e.id, e.tenant || '/' || e.name as environment, h.face, h.verified_at,
      (select not_after from certificate c where c.hostname = h.name and c.state = 'served' order by created_at desc limit 1)
        as not_after
    from hostname h join environment e on e.id = h.environment
    where h.own and e.tenant = coalesce(${tenant ?? null}, e.tenant) order by e.tenant, h.name`
}

export interface NameOwner {
  readonly tenant: string
  /** `production` */
  readonly environment: string
  readonly face: 'presentation' | 'edition'
  /** Brought along. */
  readonly own: boolean
}

/** Whose name it is, ours or brought along. */
export async function ownerOfName(ledger: Queries, name: string): Promise<NameOwner | undefined> {
  return ledger.one<NameOwner>`
    select e.tenant, e.name as environment, h.face, h.own from hostname h join environment e on e.id = h.environment where h.name = ${name}`
}

/** Puts a name on record; the same again changes nothing. */
export async function insertDomain(
  tx: Queries,
  {name, id, face}: Pick<DomainRow, 'name' | 'id' | 'face'>,
): Promise<void> {
  await tx.all`insert into hostname (name, environment, face, own) values (${name}, ${id}, ${face}, true) on conflict do nothing`
}

/** Its DNS record was seen now. */
export async function noteVerified(tx: Queries, name: string, at: Temporal.Instant): Promise<void> {
  await tx.all`update hostname set verified_at = ${at} where name = ${name} and own`
}

/** Forgets it with its certificates. */
export async function deleteDomain(tx: Queries, name: string): Promise<void> {
  await tx.all`delete from hostname where name = ${name} and own`
}

/** Where the keys of a name's certificates lie. */
export async function keySecretsOfName(ledger: Queries, name: string): Promise<readonly string[]> {
  const rows = await ledger.all<{keySecret: string}>`select key_secret from certificate where hostname = ${name}`
  return rows.map(({keySecret}) => keySecret)
}
