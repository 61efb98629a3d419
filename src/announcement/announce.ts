import {Temporal} from 'temporal-polyfill'
import {CodedError, Refusal} from '../error.ts'
import {announcement, putAnnouncement, tenantVersions} from '../ledger/announcement.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {notesOf, releases, withdrawals} from '../ledger/release.ts'
import {enqueueNotice} from '../notice/steps.ts'
import {compareVersions} from '../release/model.ts'

export interface Announcing {
  readonly version: string
  /** When customers could install it at their own site, `2026-12-01`; today when left out (R135). */
  readonly onPremise?: string | undefined
  readonly operator: string
}

export interface Announced {
  readonly version: string
  readonly onPremise: string
  readonly saas: string
  /** Days between the two; late when above zero. */
  readonly lateDays: number
  readonly items: readonly {readonly tenant: string; readonly notice?: string; readonly trouble?: string}[]
}

/**
 * Tells every tenant that has an older version, once and for ever: typed again it tells only those it could not tell or
 * that came since (R127, R128). Throws `Refusal` `not-found`, `input-invalid`.
 */
export async function announceRelease(ledger: Ledger, now: Temporal.Instant, given: Announcing): Promise<Announced> {
  const {version, operator} = given
  if (!(await releases(ledger)).some(row => row.version === version)) throw unknown(version)
  const withdrawn = (await withdrawals(ledger)).find(one => one.version === version)
  if (withdrawn) throw gone(version, withdrawn.why)
  const notes = await notesOf(ledger, version)
  if (!notes) throw silent(version)
  const saas = now.toZonedDateTimeISO('Europe/Paris').toPlainDate()
  const onPremise = given.onPremise === undefined ? saas : dayOf(given.onPremise)
  const row = {version, notesFr: notes.fr, notesEn: notes.en, onPremise: `${onPremise}`, saas: `${saas}`}
  await putAnnouncement(ledger, {...row, operator, announcedAt: now})
  const said = (await announcement(ledger, version)) ?? {...row, operator, announcedAt: now}
  const items = []
  for (const {tenant, versions} of await tenantVersions(ledger)) {
    if (versions.every(each => compareVersions(each, version) >= 0)) continue
    items.push(await tell(ledger, now, {tenant, version, text: {fr: said.notesFr, en: said.notesEn}}))
  }
  const lateDays = Temporal.PlainDate.from(said.saas).since(said.onPremise, {largestUnit: 'days'}).days
  return {version, onPremise: said.onPremise, saas: said.saas, lateDays, items}
}

interface Telling {
  readonly tenant: string
  readonly version: string
  readonly text: {readonly fr: string; readonly en: string}
}

/** One tenant nobody can be told of holds up no other. */
async function tell(
  ledger: Ledger,
  now: Temporal.Instant,
  {tenant, version, text}: Telling,
): Promise<Announced['items'][number]> {
  const about = {event: `release/${version}/${tenant}`, kind: 'release-available', tenant, what: version, text} as const
  const roles = ['operations', 'decision']
  try {
    return {tenant, notice: await ledger.transaction(tx => enqueueNotice(tx, {...about, roles}, now))}
  } catch (thrown) {
    if (thrown instanceof CodedError && thrown.code === 'contact-unfit') return {tenant, trouble: thrown.message}
    throw thrown
  }
}

function dayOf(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text)
  } catch (cause) {
    throw new Refusal('input-invalid', `${JSON.stringify(text)} is no day.`, {remedies: ['2026-12-01'], cause})
  }
}

function unknown(version: string): Refusal {
  return new Refusal('not-found', `There is no release ${version}.`, {remedies: ['selfhelp release list']})
}

function gone(version: string, why: string): Refusal {
  return new Refusal('release-unfit', `Release ${version} was withdrawn (${why}); nobody was told.`, {
    facts: {version},
    remedies: ['selfhelp release list'],
  })
}

function silent(version: string): Refusal {
  return new Refusal('input-invalid', `Release ${version} was added without notes; nobody was told (R128).`, {
    facts: {version},
    remedies: ['selfhelp release add FILE --notes-fr FILE --notes-en FILE'],
  })
}
