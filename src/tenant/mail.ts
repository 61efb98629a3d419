import type {Contract} from '../contract/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import {documentOf} from '../ledger/document.ts'
import type {Queries} from '../ledger/ledger.ts'
import {enqueueNotice, noticeFor} from '../notice/steps.ts'
import type {Fact} from '../runbook/step.ts'
import {documentKind} from './document.ts'

/** The customer's contacts get the document by mail (R118); its links lie sealed, and are put in as the mail leaves. */
export function documentMailed({ledger, clock}: Platform, {tenant}: Contract): Fact {
  return {
    holds: async () => (await noticeFor(ledger, await eventOf(ledger, tenant))) !== undefined,
    make: () =>
      ledger.transaction(async tx => {
        const document = await documentOf(tx, tenant, documentKind)
        if (!document) throw new Bug(`the document of ${tenant} went away`)
        const text = document.body
        const about = {event: await eventOf(tx, tenant), kind: 'connection-document', tenant} as const
        // Who decides agreed to the hand-over, so that there is somebody.
        const roles = ['operations', 'decision']
        await enqueueNotice(tx, {...about, roles, what: 'connection document', text: {fr: text, en: text}}, clock.now())
      }),
  }
}

async function eventOf(q: Queries, tenant: string): Promise<string> {
  return `document/${tenant}/${(await documentOf(q, tenant, documentKind))?.id}`
}
