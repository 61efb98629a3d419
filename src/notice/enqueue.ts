import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {insertDelivery, insertNotice, notices, recipients} from '../ledger/notice.ts'
import {relays} from '../ledger/relay.ts'
import {shortId} from '../ledger/short-id.ts'
import {type Locale, messageId, type NewNotice} from './model.ts'
import {mailOf} from './text.ts'

/** Whose mail leaves when no relay was set yet; the copy keeps its Message-ID all the same. */
const nobody = 'noreply@selfhelp.invalid'

/**
 * Writes a notice for what happened, with a copy for each contact of the roles; in the transaction that makes it true.
 * The same event gives the notice there is. Throws `Refusal('contact-unfit')` when there is nobody to tell.
 */
export async function enqueueNotice(tx: Queries, notice: NewNotice, now: Temporal.Instant): Promise<string> {
  const {event, kind, tenant, roles, operation} = notice
  const people = await recipients(tx, tenant, roles)
  if (people.length === 0) {
    throw new Refusal(
      'contact-unfit',
      `Tenant ${tenant} has no contact with the role ${roles.join(' or ')} to be told.`,
      {
        facts: {tenant, roles},
        remedies: [`selfhelp contract update ${tenant} --contract FILE`],
      },
    )
  }
  const id = shortId('n')
  const row = {id, event, kind, tenant, operation: operation?.id, sequence: operation?.sequence, facts: notice}
  if (!(await insertNotice(tx, {...row, createdAt: now}))) {
    const [before] = await notices(tx, {event, limit: 1})
    return before?.id ?? id
  }
  const ways = await relays(tx)
  const sender = (ways.find(({owner}) => owner === tenant) ?? ways.find(({owner}) => owner === 'platform'))?.sender
  for (const person of people) {
    const locale: Locale = person.language === 'fr' ? 'fr' : 'en'
    const {subject, body, html, invitation} = mailOf(notice, {...person, locale}, now)
    const {contact, name, email} = person
    const mail = {subject, body, html, invitation, messageId: messageId(id, contact, sender ?? nobody)}
    await insertDelivery(tx, {notice: id, contact, name, email, locale, ...mail, at: now})
  }
  return id
}
