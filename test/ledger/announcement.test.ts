import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {announceRelease} from '../../src/announcement/announce.ts'
import {deliveriesOf, notices} from '../../src/ledger/notice.ts'
import {addRelease, putNotes, withdrawRelease} from '../../src/ledger/release.ts'
import {freshLedger} from '../support/ledger.ts'
import {acme, inService} from '../support/platform.ts'

t.setTimeout(300_000)

const now = Temporal.Instant.from('2026-11-20T09:00:00Z')
const given = {version: '0.2.0', operator: 'ann@cmc.test'}

t.test(
  'each tenant with an older version gets one mail with the notes in its language, however often it is announced',
  async t => {
    const ledger = await freshLedger(t)
    await inService(ledger)
    await inService(ledger, {tenant: 'bolt', contacts: acme.contacts.map(one => ({...one, language: 'en'}))})
    await inService(ledger, {tenant: 'mute', contacts: acme.contacts.filter(({id}) => id === 'secu')})
    await inService(ledger, {tenant: 'new'})
    await ledger.owner.all`update environment set version = '0.2.0' where tenant = 'new'`
    await t.rejects(announceRelease(ledger, now, given), {code: 'not-found'})
    const release = {
      version: '0.2.0',
      architecture: 'x64',
      schemaLevel: 2,
      sha256: 'x',
      size: 1,
      signature: 's',
      manifest: {},
    }
    await addRelease(ledger, release)
    await t.rejects(announceRelease(ledger, now, given), {code: 'input-invalid', message: /without notes/})
    await putNotes(ledger, {version: '0.2.0', fr: '- recherche plus rapide', en: '- faster search'})
    const first = await announceRelease(ledger, now, {...given, onPremise: '2026-11-16'})
    t.match(first, {lateDays: 4, saas: '2026-11-20'})
    t.strictSame(
      first.items.map(({tenant, trouble}) => [tenant, trouble !== undefined]),
      [
        ['acme', false],
        ['bolt', false],
        ['mute', true],
      ],
    )
    const again = await announceRelease(ledger, now.add({hours: 90}), given)
    t.strictSame(
      again.items.map(({notice}) => notice),
      first.items.map(({notice}) => notice),
    )
    t.equal((await notices(ledger, {limit: 99})).length, 2)
    const [copy] = await deliveriesOf(ledger, [first.items[1]?.notice ?? ''])
    t.match(copy, {locale: 'en', body: /- faster search/})
    await withdrawRelease(ledger, {version: '0.2.0', why: 'slow', operator: 'ann@cmc.test', at: now})
    await t.rejects(announceRelease(ledger, now, given), {code: 'release-unfit', message: /withdrawn/})
  },
)
