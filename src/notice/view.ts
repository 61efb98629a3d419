import type {Cell, View} from '../terminal/view.ts'
import type {RelayChecked} from './check.ts'
import type {Delivered} from './deliver.ts'
import type {NoticeInFull, NoticeShown} from './list.ts'
import type {RelayShown} from './relay.ts'

const good = new Set(['sent', 'accepted'])
const bad = new Set(['not sent', 'refused', 'bounced', 'uncertain'])

function toned(state: string): Cell {
  return {text: state, tone: good.has(state) ? 'good' : bad.has(state) ? 'bad' : 'warn'}
}

/** Notices as rows. */
export function noticeRows(items: readonly NoticeShown[]): View {
  return {
    heads: ['notice', 'kind', 'tenant', 'made', 'state', 'contacts', 'event'],
    rows: items.map(({id, kind, tenant, createdAt, state, copies, event}) => [
      id,
      kind,
      tenant,
      createdAt,
      toned(state),
      copies.map(({contact, state: own}) => `${contact} ${own}`).join(', '),
      event,
    ]),
    empty: 'No notice yet.',
  }
}

/** One notice: what each contact's server said, and what they were told. */
export function noticeFields({id, kind, tenant, event, state, sentAt, copies, texts}: NoticeInFull): View {
  return [
    {fields: {notice: id, kind, tenant, event, state: toned(state), sent: sentAt}},
    {
      heads: ['contact', 'address', 'state', 'attempts', 'next try', 'the server said'],
      rows: copies.map(each => [each.contact, each.email, toned(each.state), each.attempts, each.nextTry, each.reply]),
    },
    ...texts.flatMap(({contact, subject, body}) => [`\n— ${contact} — ${subject}`, body]),
  ]
}

/** What an attempt to send came to. */
export function deliveredRows(items: readonly Delivered[]): View {
  return {
    heads: ['notice', 'contact', 'address', 'state', 'the server said'],
    rows: items.map(({notice, contact, email, state, reply}) => [notice, contact, email, toned(state), reply]),
    empty: 'Nothing is due.',
  }
}

/** Ways mail leaves, and what may go wrong on them. */
export function relayRows(items: readonly RelayShown[]): View {
  return [
    {
      heads: ['relay of', 'host', 'port', 'security', 'account', 'sender', 'per hour'],
      rows: items.map(each => [
        each.owner,
        each.host,
        each.port,
        {text: each.security, tone: each.security === 'smtp' ? 'warn' : 'good'},
        each.account,
        each.sender,
        each.perHour,
      ]),
      empty: 'No mail leaves: selfhelp notice relay platform --host HOST --sender ADDRESS',
    },
    ...items.flatMap(({owner, warnings}) => warnings.map(each => `! ${owner}: ${each}`)),
  ]
}

/** What sender domains say of the relays. */
export function checkedRelays(items: readonly RelayChecked[]): View {
  return [
    {
      heads: ['relay of', 'sender', 'address', 'spf'],
      rows: items.flatMap(({owner, sender, addresses}) =>
        addresses.map(({address, spf}) => [
          owner,
          sender,
          address,
          {text: spf, tone: spf === 'pass' ? 'good' : 'bad'} as const,
        ]),
      ),
    },
    ...items.flatMap(({owner, warnings}) => warnings.map(each => `! ${owner}: ${each}`)),
  ]
}
