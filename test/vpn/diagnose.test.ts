import t from 'tap'
import {diagnose, type Seen} from '../../src/vpn/diagnose.ts'
import {failures} from '../../src/vpn/failure.ts'
import {acme, vpn} from './agreed.ts'

const child = {state: 'INSTALLED', bytesIn: 10, bytesOut: 10, ageSeconds: 5, spi: 'a', proposal: '', group: ''}
const tunnel = {state: 'ESTABLISHED', establishedSeconds: 5, proposal: '', children: [child]}
const passes = {server: 'directory', result: 'passes', milliseconds: 1, secondsAgo: 5}
const up: Seen = {held: {connection: {}, stamp: 'x', tunnels: [tunnel]}, asAgreed: true, probes: [passes], log: []}
const none: Seen = {...up, held: {connection: {}, stamp: 'x', tunnels: []}, probes: []}
const of = (seen: Seen) => diagnose(vpn(acme), seen)
const layerOf = (seen: Seen) => of(seen).fault?.layer

/** What charon 5.9.8 wrote at peers that were really set up so. */
const written: readonly (readonly [string, string])[] = [
  ["tried 1 shared key for 'vpn-north.cmc.test' - 'vpn.acme.test', but MAC mismatched", 'authentication'],
  ['received AUTHENTICATION_FAILED notify error', 'authentication'],
  ['received NO_PROPOSAL_CHOSEN notify error', 'proposal'],
  ['received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built', 'proposal'],
  ['received TS_UNACCEPTABLE notify, no CHILD_SA built', 'selectors'],
  ['no matching peer config found', 'identity'],
  ['certificate was revoked on Nov 22 15:00:00 UTC 2026, reason: unspecified', 'certificate'],
  ['no issuer certificate found for "CN=vpn.acme.test"', 'certificate'],
  ['giving up after 4 retransmits', 'reach'],
]

t.test('a tunnel is up when traffic passes, not when it says so', async t => {
  t.same(of(up), {state: 'up'})
  t.match(of({...up, probes: [{...passes, result: 'no-answer'}]}), {
    state: 'down',
    fault: {layer: 'traffic', side: 'theirs'},
  })
  t.match(of({...up, probes: []}), {state: 'degraded', fault: {layer: 'gateway', side: 'ours'}})
  t.match(of({...up, probes: [{...passes, secondsAgo: 3600}]}), {state: 'degraded', fault: {layer: 'gateway'}})
})

t.test('while keys are replaced it is up', async t => {
  for (const state of ['REKEYING', 'REKEYED', 'INSTALLED']) {
    const tunnels = [{...tunnel, state: 'REKEYING', children: [{...child, state}]}]
    t.equal(of({...up, held: {connection: {}, stamp: 'x', tunnels}}).state, 'up', state)
  }
})

for (const [line, layer] of written)
  t.test(`without a tunnel, "${line.slice(0, 48)}" is the layer ${layer}`, async t => {
    t.equal(layerOf({...none, log: [line]}), layer)
    t.match(of({...none, log: [line]}).fault?.sentence, /\.$/)
  })

t.test('the newest line counts, and nothing from before the tunnel last came up', async t => {
  const [key = '', , proposal = ''] = written.map(([line]) => line)
  t.equal(layerOf({...none, log: [key, proposal]}), 'proposal')
  t.equal(layerOf({...none, log: [key, 'CHILD_SA acme{1} established with SPIs a_i b_o']}), 'reach')
})

t.test('a refusal without a reason is explained by what their device showed when it called', async t => {
  const refused = 'received AUTHENTICATION_FAILED notify error'
  t.equal(layerOf({...none, log: ['no matching peer config found', refused]}), 'identity')
  t.match(of({...none, log: [refused]}).fault?.sentence, /key, certificate or identity/)
})

t.test('a group that differs shows at the first rekeying, while traffic still passes', async t => {
  const log = ['CHILD_SA acme{1} established with SPIs', 'received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built']
  t.match(of({...up, log}), {state: 'degraded', fault: {layer: 'keys', side: 'theirs'}})
})

t.test('our own part is looked at before the customer is called', async t => {
  t.match(of({...none, asAgreed: false, log: ['received NO_PROPOSAL_CHOSEN notify error']}).fault, {
    layer: 'configuration',
    side: 'ours',
  })
  t.match(of({...up, asAgreed: false}), {state: 'degraded', fault: {layer: 'configuration', side: 'ours'}})
  t.match(of({...up, probes: [{...passes, result: 'forbidden'}]}).fault, {layer: 'traffic', side: 'ours'})
  t.match(of({...up, probes: [{...passes, result: 'no-address'}]}).fault, {layer: 'traffic', side: 'ours'})
  t.match(of({asAgreed: false, probes: [], log: [], silent: 'It does not answer.'}), {
    state: 'down',
    fault: {side: 'ours'},
  })
})

t.test('one server that is down is told by its name', async t => {
  const probes = [passes, {...passes, server: 'mail', result: 'refused'}]
  t.match(of({...up, probes}), {state: 'degraded', fault: {layer: 'server', sentence: /mail refuses/}})
  t.match(
    of({...up, probes: [passes, {...passes, server: 'mail', result: 'no-answer'}]}).fault?.sentence,
    /mail does not answer/,
  )
})

t.test('a tunnel in which nothing ever came back says so', async t => {
  const tunnels = [{...tunnel, children: [{...child, bytesIn: 0}]}]
  const seen = {...up, held: {connection: {}, stamp: 'x', tunnels}, probes: [{...passes, result: 'no-answer'}]}
  t.match(of(seen).fault?.sentence, /nothing has ever come back/)
})

t.test('every row says whose end it is, in a sentence', async t => {
  for (const {sentence, side} of failures) t.ok(/^[A-Z].*\.$/.test(sentence.replace(/\(.*\)/, '')) && side)
})
