import fc from 'fast-check'
import t from 'tap'
import {refuseOurOwn} from '../../src/connector/add.ts'
import {type Connector, parseConnector} from '../../src/connector/model.ts'

const typed = {named: 'acme/directory', purpose: 'ldap', address: '8.8.4.10', port: 636, reachability: 'public'}

t.test('a connector is read as it was typed, and all its faults come at once', async t => {
  t.match(parseConnector(typed), {tenant: 'acme', name: 'directory', purpose: 'ldap'})
  const bad = {named: 'acme/directory', purpose: 'ftp', address: 'ldap.acme.test', port: 0, reachability: 'maybe'}
  t.throws(() => parseConnector(bad), {code: 'input-invalid', message: /--purpose.*--reachability.*--address.*--port/})
  for (const named of ['acme', 'acme/', 'Acme/x', 'acme/x;y', `acme/${'x'.repeat(25)}`])
    t.throws(() => parseConnector({...typed, named}), {code: 'input-invalid'}, named)
  t.throws(() => parseConnector({...typed, address: '::ffff:10.77.1.11'}), {message: /IPv4 inside IPv6/})
})

t.test(
  'no connector leads to a host of ours, however its address is written: presentation would get to edition',
  async () => {
    const host = fc.record({
      name: fc.constant('north-2'),
      address: fc.oneof(
        fc.ipV4(),
        fc.nat(65_535).map(n => `fd5e::${n.toString(16)}`),
      ),
    })
    fc.assert(
      fc.property(fc.array(host, {minLength: 1, maxLength: 9}), fc.nat(8), (ours, at) => {
        const own = ours[at % ours.length]?.address ?? ''
        const connector: Connector = {...parseConnector(typed), address: own.toLowerCase()}
        try {
          refuseOurOwn(connector, ours)
          return false
        } catch (error) {
          return (error as {code?: string}).code === 'connector-unfit'
        }
      }),
    )
  },
)

t.test('a server that is not ours is let be, beside hosts that were adopted under a name', async t => {
  const ours = [
    {name: 'north-1', address: 'north-1.example.com'},
    {name: 'north-2', address: 'fe80::1%eth0'},
  ]
  t.doesNotThrow(() => refuseOurOwn(parseConnector(typed), ours))
  t.throws(
    () => refuseOurOwn(parseConnector({...typed, address: '10.0.0.9'}), [...ours, {name: 'x', address: '10.0.0.9'}]),
    {
      code: 'connector-unfit',
      message: /our own host x/,
    },
  )
})
