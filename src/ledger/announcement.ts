import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** What customers were told of a version. */
export interface AnnouncementRow {
  readonly version: string
  readonly notesFr: string
  readonly notesEn: string
  /** Days, `2026-12-01`. */
  readonly onPremise: string
  readonly saas: string
  readonly operator: string
  readonly announcedAt: Temporal.Instant
}

/** The announcement of a version, if there was one. */
export async function announcement(q: Queries, version: string): Promise<AnnouncementRow | undefined> {
  return q.one<AnnouncementRow>`
    select version, notes_fr, notes_en, on_premise::text, saas::text, operator, announced_at from announcement
    where version = ${version}`
}

/** Records it; what was announced before stays as it was said. */
export async function putAnnouncement(q: Queries, a: AnnouncementRow): Promise<void> {
  await q.all`
    insert into announcement (version, notes_fr, notes_en, on_premise, saas, operator, announced_at)
    values (${a.version}, ${a.notesFr}, ${a.notesEn}, ${a.onPremise}, ${a.saas}, ${a.operator}, ${a.announcedAt})
    on conflict (version) do nothing`
}

/** Tenants with the versions of their environments. */
export async function tenantVersions(q: Queries): Promise<{tenant: string; versions: string[]}[]> {
  return q.all`select tenant, array_agg(distinct version) versions from environment group by tenant order by tenant`
}
