import t from 'tap'
import {freeOctet, grow, hostSeat, linkPrefix, outsideSeat, parseSiteCount, parseSize} from '../../src/lab/model.ts'

const lab = {name: 'full-rehearsal', octet: 249, sites: [{name: 'northernmost', number: 253}], hosts: []}
const host = {name: 'northernmost-60', site: 'northernmost', number: 60}

t.test('a lab takes the first octet that no other lab and no route of the machine has', async t => {
  t.equal(freeOctet([], []), 77)
  t.equal(freeOctet([77, 79], ['default', '10.78.0.0/16', '192.168.80.0/24', '10.80.3.7']), 81)
  t.equal(freeOctet([], ['10.64.0.0/12']), 80)
  t.equal(freeOctet([], ['10.0.0.0/8']), 77, 'a route to all of 10/8 is what a lab is more specific than')
  t.equal(
    freeOctet(
      Array.from({length: 250}, (_, octet) => octet),
      [],
    ),
    undefined,
  )
})

t.test('a host always sits at the same address, with the same MAC', async t => {
  t.match(hostSeat({...lab, octet: 77, sites: [{name: 'north', number: 1}]}, {...host, site: 'north', number: 2}), {
    link: 'shl77s1',
    gateway: '10.77.1.1',
    address: '10.77.1.12',
    address6: 'fd5e:1f:4d:1::c',
    mac: '02:5e:1f:4d:01:0c',
  })
})

t.test('interface names fit the 15 characters of Linux, also for the largest lab', async t => {
  for (const seat of [hostSeat(lab, host), outsideSeat(lab)]) {
    t.ok(seat.port.length <= 15, seat.port)
    t.ok(seat.link.length <= 15, seat.link)
    t.ok(seat.port.startsWith(linkPrefix(lab.octet)))
  }
})

t.test('outside is a network of its own', async t => {
  t.match(outsideSeat({name: 'lab', octet: 77}), {
    netns: 'selfhelp-lab-outside',
    address: '10.77.254.2',
    gateway: '10.77.254.1',
  })
})

t.test('a lab grows by what is missing and keeps what it has', async t => {
  const first = grow({sites: [], hosts: []}, [
    {name: 'north', count: 2},
    {name: 'south', count: 1},
  ])
  t.strictSame(
    first.missing.map(each => each.name),
    ['north-1', 'north-2', 'south-1'],
  )
  const hosts = first.missing.map(each => ({...each, hostKey: '', machineId: ''}))
  const second = grow({sites: first.sites, hosts}, [
    {name: 'south', count: 2},
    {name: 'east', count: 1},
  ])
  t.strictSame(
    second.missing.map(each => each.name),
    ['south-2', 'east-1'],
  )
  t.strictSame(second.sites, [
    {name: 'north', number: 1},
    {name: 'south', number: 2},
    {name: 'east', number: 3},
  ])
})

t.test('sites and sizes are read or refused', async t => {
  t.strictSame(parseSiteCount('north=2'), {name: 'north', count: 2})
  for (const text of ['north', 'north=0', 'north=61', 'North=1', 'a-b=1', 'north=1;x', '=1', 'averyverylongname=1'])
    t.equal(parseSiteCount(text), undefined, text)
  t.equal(parseSize('4G'), 4 * 1024 ** 3)
  for (const text of ['4', '4g', '-4G', '4GB', '', '1.5G']) t.equal(parseSize(text), undefined, text)
})
