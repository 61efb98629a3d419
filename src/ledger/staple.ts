import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A word of a responder that edges may give along. */
export interface Said {
  /** Base64 of its DER. */
  readonly response: string
  readonly saidAt: Temporal.Instant
  readonly until: Temporal.Instant
}

/** What the responder of a served certificate has said, or not. */
export interface StapleRow extends Partial<Said> {
  /** Of the certificate. */
  readonly certificate: string
  readonly hostname: string
  readonly tenant: string
  /** Of the environment. */
  readonly id: string
  /** `acme/production` */
  readonly environment: string
  readonly failures: number
  readonly triedAt: Temporal.Instant | undefined
}

/** Until when a word is given along: HAProxy gives none in its last five minutes, and it is taken away before. */
export function countsUntil({until}: Pick<Said, 'until'>): Temporal.Instant {
  return until.subtract({minutes: 10})
}

/** Every name whose certificate names a responder. */
export async function staples(ledger: Queries): Promise<StapleRow[]> {
  return ledger.all<StapleRow>`
    select c.id as certificate, c.hostname, e.tenant, e.id, e.tenant || '/' || e.name as environment, s.response, s.said_at,
      s.until, coalesce(s.failures, 0) as failures, s.tried_at
    from certificate c join hostname h on h.name = c.hostname join environment e on e.id = h.environment
      left join staple s on s.certificate = c.id
    where c.state = 'served' and c.responder is not null order by c.hostname`
}

/** What is known of a certificate's responder. */
export async function stapleOf(
  ledger: Queries,
  certificate: string,
): Promise<Omit<StapleRow, 'hostname' | 'tenant' | 'id' | 'environment'> | undefined> {
  return ledger.one`select * from staple where certificate = ${certificate}`
}

/** What was last said of a certificate, fresh or not. */
export async function saidOf(ledger: Queries, certificate: string): Promise<Said | undefined> {
  return ledger.one<Said>`
    select response, said_at, until from staple where certificate = ${certificate} and response is not null`
}

/** Keeps a word of a responder. */
export async function putSaid(tx: Queries, certificate: string, {response, saidAt, until}: Said): Promise<void> {
  await tx.all`
    insert into staple (certificate, response, said_at, until) values (${certificate}, ${response}, ${saidAt}, ${until})
    on conflict (certificate) do update set (response, said_at, until, failures, tried_at, last_error)
      = (excluded.response, excluded.said_at, excluded.until, 0, null, null)`
}

/** Notes that a responder gave no word that counts; what it said before stays while it is fresh. */
export async function noteSilence(
  tx: Queries,
  certificate: string,
  {at, error}: {at: Temporal.Instant; error: string},
): Promise<void> {
  await tx.all`
    insert into staple (certificate, failures, tried_at, last_error) values (${certificate}, 1, ${at}, ${error})
    on conflict (certificate) do update set (failures, tried_at, last_error)
      = (staple.failures + 1, excluded.tried_at, excluded.last_error)`
}

/** Forgets what was said: it counts no longer. */
export async function forgetSaid(tx: Queries, certificate: string): Promise<void> {
  await tx.all`update staple set (response, said_at, until) = (null, null, null) where certificate = ${certificate}`
}
