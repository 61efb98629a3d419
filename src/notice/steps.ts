import type {Queries} from '../ledger/ledger.ts'
import {type NoticeRow, notices} from '../ledger/notice.ts'

export {enqueueNotice} from './enqueue.ts'

/** The notice of what happened, if there is one. */
export async function noticeFor(q: Queries, event: string): Promise<NoticeRow | undefined> {
  const [found] = await notices(q, {event, limit: 1})
  return found
}
