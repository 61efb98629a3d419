import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import t, {type Test} from 'tap'
import {events} from '../../src/ledger/event.ts'
import {deliveriesOf, notices, requeueDeliveries, withdrawNotices} from '../../src/ledger/notice.ts'
import {endPause, putPause, putRelay} from '../../src/ledger/relay.ts'
import {noteBounce} from '../../src/notice/bounce.ts'
import {deliverDue} from '../../src/notice/deliver.ts'
import {enqueueNotice} from '../../src/notice/enqueue.ts'
import {filled} from '../../src/notice/register.ts'
import {resendNotice} from '../../src/notice/tell.ts'
import {Secret} from '../../src/secret/secret.ts'
import {freshLedger} from '../support/ledger.ts'
import {acme, inService} from '../support/platform.ts'
import {begin, planned, post} from '../support/post.ts'

t.setTimeout(300_000)

t.test(
  'each contact gets one mail with date, time, duration and end, in their language and the zone of the tenant',
  async t => {
    const {ledger, server, notify, deliver, states} = await post(t)
    const id = await notify('e1', 'jane@acme.test', 'joe@acme.test')
    t.equal(await notify('e1', 'jane@acme.test'), id, 'the same event is the same notice')
    await deliver()
    await deliver(1)
    t.strictSame(await states(id), ['accepted', 'accepted'])
    const [jane, joe] = server.taken().map(({text}) => text.replaceAll('=\r\n', ''))
    t.equal(server.taken().length, 2)
    t.match(jane, /mardi 24 novembre 2026/)
    t.match(joe, /Time: 22:00 \(Europe\/Paris\)\r\nDuration: 40 min\r\nEnd: Tuesday,? 24 November 2026 at 22:40/)
    t.match(joe, `Message-ID: <${id}.c1@ezvsaas.test>`)
    t.match(joe, /Content-Type: text\/html/)
    const [row] = await notices(ledger, {id, limit: 1})
    t.equal(row?.acceptedAt?.toString(), begin.toString())
  },
)

t.test(
  'a notice is sent when every contact has it; greylisted waits, refused and outside of .test are seen',
  async t => {
    const {ledger, server, notify, deliver, states} = await post(t)
    const id = await notify('e1', 'grey@acme.test', 'gone@acme.test', 'spam@acme.test', 'full@acme.test', 'x@acme.com')
    await deliver()
    t.strictSame(await states(id), ['deferred', 'refused', 'refused', 'deferred', 'refused'])
    await deliver(4)
    t.strictSame(await states(id), ['deferred', 'refused', 'refused', 'deferred', 'refused'], 'too early')
    await deliver(5)
    t.strictSame(await states(id), ['accepted', 'refused', 'refused', 'deferred', 'refused'])
    t.equal(server.taken().length, 1)
    t.equal((await notices(ledger, {id, limit: 1}))[0]?.acceptedAt, undefined, 'not everybody has it')
    const rows = await deliveriesOf(ledger, [id])
    t.match(
      rows.map(({reply}) => reply),
      [/250|queued/i, /550 no such person/, /554/, /452 no room/, /outside of \.test/],
    )
    await deliver(60 * 49)
    t.equal((await states(id))[3], 'refused', 'given up after two days')
  },
)

t.test(
  'a connection cut after the content is uncertain: it is not sent again by itself, and an event is open',
  async t => {
    const {ledger, server, notify, deliver, states} = await post(t)
    const id = await notify('e1', 'cut@acme.test')
    await deliver()
    t.strictSame(await states(id), ['uncertain'])
    await deliver(600)
    t.equal(server.taken().length, 1)
    t.match(await events(ledger, {open: true, limit: 9}), [{kind: 'notice-uncertain', subject: `${id}/c0`}])
    t.match(await requeueDeliveries(ledger, {notice: id, states: ['uncertain'], now: begin}), [{state: 'queued'}])
  },
)

for (const [point, state, taken] of [
  ['before the content', 'accepted', 1],
  ['as the content begins', 'uncertain', 0],
  ['after the answer', 'uncertain', 1],
] as const) {
  t.test(`a sender killed ${point} sends nobody a second mail`, async t => {
    const {ledger, server, notify, deliver, states} = await post(t)
    const id = await notify('e1', 'jane@acme.test')
    const program = fileURLToPath(new URL('../support/deliver-child.ts', import.meta.url))
    const order = JSON.stringify({address: ledger.address, point, at: begin})
    const child = spawn(process.execPath, [program, order], {stdio: 'inherit'})
    const [, signal] = await once(child, 'exit')
    t.equal(signal, 'SIGKILL')
    await deliver(4)
    t.notSame(await states(id), ['accepted'], 'the claim of the dead one still holds')
    for (const more of [16, 60, 600]) await deliver(more)
    t.strictSame(await states(id), [state])
    t.equal(server.taken().length, taken)
  })
}

t.test('two senders at once send each mail once', async t => {
  const {server, notify, deliver, states} = await post(t)
  const emails = Array.from({length: 12}, (_, n) => `p${n}@acme.test`)
  const id = await notify('e1', ...emails)
  await Promise.all([deliver(), deliver(), deliver()])
  t.equal(
    (await states(id)).every(state => state === 'accepted'),
    true,
  )
  t.strictSame(new Set(server.taken().map(({to}) => to)).size, server.taken().length)
})

t.test('no more than the cap leaves in an hour, and nothing while it is paused or withdrawn', async t => {
  const {ledger, server, notify, deliver} = await post(t, {relay: {perHour: 2}})
  await notify('e1', 'a@acme.test', 'b@acme.test', 'c@acme.test')
  await deliver()
  await deliver(10)
  t.equal(server.taken().length, 2)
  t.match(await events(ledger, {open: true, limit: 9}), [{kind: 'notice-cap', subject: 'platform'}])
  const pause = {owner: 'acme', because: 'wrong wave', operator: 'ann@cmc.test', since: begin}
  await putPause(ledger, pause)
  await deliver(61)
  t.equal(server.taken().length, 2, 'paused')
  await endPause(ledger, 'acme')
  await putPause(ledger, {...pause, owner: 'all'})
  await deliver(61)
  t.equal(server.taken().length, 2, 'all of them')
  await endPause(ledger, 'all')
  await deliver(61)
  t.equal(server.taken().length, 3)
  await notify('e2', 'd@acme.test')
  await ledger.all`
    insert into operation (id, plan, environment, change, title, state, from_at, until_at, operator, planned_at)
    select 'm1', 'm1', id, 'scale', 't', 'planned', ${begin}, ${begin.add({hours: 1})}, 'x', ${begin} from environment limit 1`
  await ledger.all`update notice set operation = 'm1' where event = 'e2'`
  await withdrawNotices(ledger, 'm1', begin)
  await deliver(200)
  t.equal(server.taken().length, 3, 'withdrawn')
})

t.test("a customer's own relay with STARTTLS and an account keeps the order of each recipient", async t => {
  const {cert, key} = certificate(t)
  const account = {user: 'cmc', password: 'letmein'}
  const {ledger, server, notify, deliver, states} = await post(t, {
    ...{cert, key, account},
    relay: {owner: 'acme', security: 'starttls', account: 'cmc', sender: 'selfhelp@acme.test', ca: cert},
  })
  const first = await notify('e1', 'grey@acme.test')
  const second = await notify('e2', 'grey@acme.test')
  await ledger.all`update notice set created_at = ${begin.add({seconds: 1})} where id = ${second}`
  await deliver()
  t.strictSame([await states(first), await states(second)], [['deferred'], ['queued']], 'nothing overtakes')
  await deliver(5)
  await deliver(5)
  t.match(server.taken(), [{secure: true, user: 'cmc'}, {secure: true}])
  t.match(server.taken()[0]?.text, `Message-ID: <${first}.c0@acme.test>`)
})

t.test('a relay that does not offer what was required, or that nobody vouches for, gets no word of it', async t => {
  const {server, notify, deliver, states} = await post(t, {starttls: false, relay: {security: 'starttls'}})
  const id = await notify('e1', 'jane@acme.test')
  await deliver()
  t.strictSame(await states(id), ['deferred'])
  t.equal(server.taken().length, 0)
  const {cert, key} = certificate(t)
  const unknown = await post(t, {cert, key, secure: true, relay: {security: 'smtps'}})
  const other = await unknown.notify('e1', 'jane@acme.test')
  await unknown.deliver()
  t.match((await deliveriesOf(unknown.ledger, [other]))[0], {state: 'deferred', reply: /certificate/})
  await putRelay(unknown.ledger, {
    ...{owner: 'platform', host: '127.0.0.1', port: unknown.server.port, security: 'smtps', perHour: 9, ca: cert},
    ...{account: undefined, sender: 'noreply@ezvsaas.test', changedAt: begin},
  })
  await unknown.deliver(5)
  t.strictSame(await unknown.states(other), ['accepted'])
})

t.test('a bounce takes the acceptance back, and somebody must see to the address', async t => {
  const {ledger, notify, deliver} = await post(t)
  const id = await notify('e1', 'jane@acme.test')
  await deliver()
  const mail = (action: string, messageId: string) =>
    [
      'From: MAILER-DAEMON@mx.acme.test',
      'Message-ID: <own@mx.acme.test>',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Final-Recipient: rfc822; jane@acme.test',
      `Action: ${action}`,
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 no such',
      '  user here',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      'Subject: maintenance',
      'Message-Id:',
      ` ${messageId}`,
      '--b--',
    ].join('\r\n')
  const own = `<${id}.c0@ezvsaas.test>`
  await t.rejects(noteBounce(ledger, mail('delayed', own), begin), {code: 'input-invalid', message: /delayed/})
  await t.rejects(noteBounce(ledger, mail('failed', '<other@x.test>'), begin), {code: 'not-found'})
  t.match(await noteBounce(ledger, mail('failed', own), begin), {state: 'not sent', copies: [{state: 'bounced'}]})
  t.match((await deliveriesOf(ledger, [id]))[0], {state: 'bounced', reply: '5.1.1 550 no such user here'})
  t.equal((await notices(ledger, {id, limit: 1}))[0]?.acceptedAt, undefined)
  t.match(await events(ledger, {open: true, limit: 9}), [{kind: 'notice-bounced', subject: `${id}/c0`}])
  await resendNotice(ledger, id, begin)
  t.strictSame(await events(ledger, {open: true, limit: 9}), [])
})

t.test('nobody to tell is said before anything is planned', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger, {contacts: acme.contacts.filter(({id}) => id === 'secu')})
  await t.rejects(enqueueNotice(ledger, planned, begin), {code: 'contact-unfit'})
})

/** For the loopback, signed by itself. */
function certificate(t: Test): {cert: string; key: string} {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-tls-'))
  t.teardown(() => rmSync(folder, {recursive: true}))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=mail.test', '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {stdio: 'ignore'})
  return {cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8')}
}

t.test('a sealed link is put in as the mail leaves, and stands nowhere else', async t => {
  const {ledger, server} = await post(t)
  const text = 'Open {{link 0}} once.'
  const about = {event: 'document/acme/1', kind: 'connection-document', tenant: 'acme', roles: ['operations']} as const
  const id = await enqueueNotice(ledger, {...about, what: 'x', text: {fr: text, en: text}}, begin)
  const [copy] = await deliveriesOf(ledger, [id])
  t.match(copy?.body, text)
  const clock = {now: () => begin, sleep: async () => {}}
  const sealed = new Secret(JSON.stringify(['https://acme.test/once']))
  const fill = async (_: string, given: string) => filled(given, sealed)
  await deliverDue({ledger, clock, executor: 'test', password: async () => undefined, fill})
  t.match(server.taken()[0]?.text, 'Open https://acme.test/once once.')
  t.notMatch(JSON.stringify(await deliveriesOf(ledger, [id])), 'acme.test/once')
  t.equal(
    filled('{{secret tenant/globex/links 0}}', sealed),
    '{{secret tenant/globex/links 0}}',
    'no text names a secret',
  )
})
