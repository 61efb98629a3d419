import type {Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {deliveriesOf} from '../../src/ledger/notice.ts'
import {putRelay, type RelayRow} from '../../src/ledger/relay.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {deliverDue} from '../../src/notice/deliver.ts'
import {enqueueNotice} from '../../src/notice/enqueue.ts'
import type {NewNotice} from '../../src/notice/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import {freshLedger, type TestLedger} from './ledger.ts'
import {type MailServer, type MailServerGiven, mailServer} from './mail-server.ts'
import {inService} from './platform.ts'

/** When it all begins; nothing here reads a clock. */
export const begin = Temporal.Instant.from('2026-11-20T10:00:00Z')
/** Maintenance of acme's production. */
export const planned: NewNotice = {
  ...{event: 'operation/m1/0', kind: 'maintenance-planned', tenant: 'acme', roles: ['operations']},
  ...{environment: 'acme/production', what: 'security updates', operation: undefined},
  when: {from: Temporal.Instant.from('2026-11-24T21:00:00Z'), until: Temporal.Instant.from('2026-11-24T21:40:00Z')},
}

/** A ledger, a mail server of its own process, and how to use both. */
export interface Post {
  readonly ledger: TestLedger
  readonly server: MailServer
  /** A notice to people with these addresses; gives its id. */
  notify(event: string, ...emails: readonly string[]): Promise<string>
  /** Sends what is due so many minutes after the beginning. */
  deliver(minutes?: number): ReturnType<typeof deliverDue>
  states(notice: string): Promise<readonly string[]>
}

/** A tenant in service whose notices leave through a real SMTP server. */
export async function post(t: Test, given: MailServerGiven & {relay?: Partial<RelayRow>} = {}): Promise<Post> {
  const {relay, ...how} = given
  const [ledger, server] = await Promise.all([freshLedger(t), mailServer(t, how)])
  await inService(ledger)
  await putSetting(ledger, 'base-domain', 'ezvsaas.test')
  const platform = {owner: 'platform', host: '127.0.0.1', port: server.port, security: 'smtp', perHour: 100} as const
  const row = {...platform, account: undefined, ca: undefined, sender: 'noreply@ezvsaas.test', changedAt: begin}
  await putRelay(ledger, {...row, ...relay})
  return {
    ledger,
    server,
    notify: async (event, ...emails) => {
      await ledger.all`delete from contact where tenant = 'acme'`
      for (const [n, email] of emails.entries())
        await ledger.all`
          insert into contact (tenant, id, name, email, language, roles)
          values ('acme', ${`c${n}`}, ${`Person ${n}`}, ${email}, ${n % 2 ? 'en' : 'fr'}, ${['operations']})`
      return enqueueNotice(ledger, {...planned, event}, begin)
    },
    deliver: (minutes = 0) => {
      const clock = {now: () => begin.add({minutes}), sleep: async () => {}}
      return deliverDue({ledger, clock, executor: 'test', password: async () => new Secret('letmein')})
    },
    states: async notice => (await deliveriesOf(ledger, [notice])).map(({state}) => state),
  }
}
