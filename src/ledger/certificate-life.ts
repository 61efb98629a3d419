import type {Temporal} from 'temporal-polyfill'
import type {CertificateRow, CertificateState} from './certificate.ts'
import type {Queries} from './ledger.ts'

/** The one a name is served with. */
export async function servedCertificate(ledger: Queries, hostname: string): Promise<CertificateRow | undefined> {
  return ledger.one<CertificateRow>`
    select * from certificate where hostname = ${hostname} and state = 'served' order by created_at desc limit 1`
}

/** What a run brought for a name, whatever has become of it. */
export async function certificateOfRun(
  ledger: Queries,
  {hostname, run}: {hostname: string; run: string},
): Promise<CertificateRow | undefined> {
  return ledger.one<CertificateRow>`select * from certificate where hostname = ${hostname} and run = ${run}`
}

/** From now on its name is served with this one; the one before is replaced. In a transaction. */
export async function promoteCertificate(
  tx: Queries,
  {id, hostname}: Pick<CertificateRow, 'id' | 'hostname'>,
): Promise<void> {
  await tx.all`update certificate set state = 'replaced' where hostname = ${hostname} and state = 'served' and id <> ${id}`
  await tx.all`update certificate set state = 'served' where id = ${id}`
}

/** What has become of one. */
export async function setCertificateState(tx: Queries, id: string, state: CertificateState): Promise<void> {
  await tx.all`update certificate set state = ${state} where id = ${id}`
}

/** Forgets one. */
export async function deleteCertificate(tx: Queries, id: string): Promise<void> {
  await tx.all`delete from certificate where id = ${id}`
}

/** Where the keys of an environment's certificates lie. */
export async function keySecretsOf(ledger: Queries, environment: string): Promise<readonly string[]> {
  const rows = await ledger.all<{keySecret: string}>`
    select key_secret from certificate where hostname in (select name from hostname where environment = ${environment})`
  return rows.map(({keySecret}) => keySecret)
}

/** What an edge was last seen to serve. */
export interface EdgeSight {
  readonly host: string
  readonly state: 'proven' | 'missing'
  readonly at: Temporal.Instant
  readonly proof: Readonly<Record<string, unknown>>
}

/** Notes what was seen at an edge for a certificate. */
export async function noteSight(tx: Queries, certificate: string, {host, state, at, proof}: EdgeSight): Promise<void> {
  await tx.all`
    insert into certificate_edge (certificate, host, state, at, proof)
    values (${certificate}, ${host}, ${state}, ${at}, ${JSON.stringify(proof)})
    on conflict (certificate, host) do update set (state, at, proof) = (excluded.state, excluded.at, excluded.proof)`
}

/** What every edge was last seen to serve for a certificate. */
export async function sightsOf(ledger: Queries, certificate: string): Promise<EdgeSight[]> {
  return ledger.all<EdgeSight>`
    select host, state, at, proof from certificate_edge where certificate = ${certificate} order by host`
}

/** The edge is looked at anew. */
export async function forgetSight(tx: Queries, certificate: string, host: string): Promise<void> {
  await tx.all`delete from certificate_edge where certificate = ${certificate} and host = ${host}`
}

/** The certificate of a name with that fingerprint, whatever has become of it. */
export async function certificateKnown(
  ledger: Queries,
  {hostname, fingerprint}: {hostname: string; fingerprint: string},
): Promise<CertificateRow | undefined> {
  return ledger.one<CertificateRow>`select * from certificate where hostname = ${hostname} and fingerprint = ${fingerprint}`
}

/** Public keys that other tenants have certificates for, with whose they are. */
export async function keysOfOthers(ledger: Queries, tenant: string): Promise<ReadonlyMap<string, string>> {
  const rows = await ledger.all<{key: string; tenant: string}>`
    select c.key_fingerprint as key, e.tenant from certificate c join hostname h on h.name = c.hostname
    join environment e on e.id = h.environment where c.key_fingerprint is not null and e.tenant <> ${tenant}`
  return new Map(rows.map(({key, tenant}) => [key, tenant]))
}
