import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {noteFinding} from '../event/steps.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {recordBounce} from '../ledger/notice.ts'
import {type NoticeInFull, showNotice} from './list.ts'

/** What a mail server wrote when it could not deliver after all. */
interface Bounce {
  /** Every Message-ID in it: its own, and that of what came back. */
  readonly messageIds: readonly string[]
  /** RFC 3464: `failed`, or `delayed`, which is no bounce yet. */
  readonly action: string
  /** The status and what the last server said. */
  readonly reply: string
}

/** Reads a delivery status notification (RFC 3464); folded lines are one. */
function bounceIn(mail: string): Bounce {
  const lines = mail.replaceAll('\r\n', '\n').replace(/\n[ \t]+/g, ' ')
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(lines)?.[1]?.trim() ?? ''
  const messageIds = [...lines.matchAll(/^Message-ID:[ \t]*(<[^<>\s]+>)/gim)].flatMap(([, id]) => id ?? [])
  const said = [field('Status'), field('Diagnostic-Code').replace(/^smtp;\s*/i, '')].filter(Boolean)
  return {messageIds, action: field('Action').toLowerCase(), reply: said.join(' ').slice(0, 500)}
}

/**
 * Writes down that a copy that had been accepted came back: its notice is not sent any more, and somebody must see to the
 * address. Throws `Refusal` `input-invalid` for what is no bounce, `not-found` for that of no mail of ours.
 */
export async function noteBounce(ledger: Ledger, mail: string, now: Temporal.Instant): Promise<NoticeInFull> {
  const {messageIds, action, reply} = bounceIn(mail)
  if (action !== 'failed')
    throw new Refusal(
      'input-invalid',
      `That mail says ${action || 'nothing'} of a delivery, not that one failed (RFC 3464).`,
      {
        facts: {action, messageIds},
        remedies: ['Give the whole mail as it came back, with its headers.'],
      },
    )
  return ledger.transaction(async tx => {
    for (const messageId of messageIds) {
      const row = await recordBounce(tx, {messageId, reply, now})
      if (!row) continue
      const {notice, contact, email, tenant} = row
      const remedy = `selfhelp contract update ${tenant} --contract FILE with another address; then: selfhelp notice resend ${notice}`
      const detail = {email, messageId, reply}
      await noteFinding(tx, {kind: 'notice-bounced', subject: `${notice}/${contact}`, tenant, remedy, detail}, now)
      return showNotice(tx, notice)
    }
    throw new Refusal('not-found', `None of ${messageIds.join(', ') || 'no Message-ID'} is of a mail of ours.`, {
      facts: {messageIds},
      remedies: ['selfhelp notice list'],
    })
  })
}
