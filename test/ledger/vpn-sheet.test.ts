import t from 'tap'
import {systemClock} from '../../src/clock.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {addVpn} from '../../src/vpn/add.ts'
import {sheetOf} from '../../src/vpn/sheet.ts'
import {freshLedger} from '../support/ledger.ts'
import {fleetRows, tenantRow} from '../support/vpn-world.ts'
import {acme} from '../vpn/agreed.ts'

const sheetIn = (ledger: Ledger, folder: string) =>
  sheetOf({ledger, secrets: secretStore(ledger, `${folder}/key`), clock: systemClock}, 'acme', 'en')

t.test(
  'the sheet of a VPN says what the device needs, and names of pages only where people come through it',
  async t => {
    const ledger = await freshLedger(t)
    await putSetting(ledger, 'base-domain', 'ezvsaas.test')
    await fleetRows(ledger)
    await tenantRow(ledger, 'acme')
    await addVpn(ledger, acme)
    const folder = t.testdir({})
    const plain = await sheetIn(ledger, folder)
    t.match(plain.peerConfiguration, /vpn-north\.ezvsaas\.test/)
    t.notMatch(plain.html, /resolve/)
    for (const face of ['presentation', 'edition'])
      await ledger.all`
      insert into hostname (name, environment, face)
      select ${`acme-${face}.ezvsaas.test`}, id, ${face} from environment`
    await addVpn(ledger, {...acme, kilobitsPerSecond: 50_000, users: {concurrent: 20, pageKilobytes: 300}})
    t.match((await sheetIn(ledger, folder)).html, /acme-presentation\.ezvsaas\.test, acme-edition\.ezvsaas\.test/)
  },
)
