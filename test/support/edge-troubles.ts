import {setTimeout as sleep} from 'node:timers/promises'
import type {Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {type DueRun, dueRuns} from '../../src/certificate/renew.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import type {Queries} from '../../src/ledger/ledger.ts'
import type {Centre} from './centre.ts'
import {leafAt, stapleAt} from './certificate-lab.ts'
import type {CustomerAuthority} from './customer-ca.ts'
import {isRunning} from './evidence.ts'
import {diesOncePerStep} from './lab-crash.ts'
import {must} from './prepared.ts'
import {queued} from './story.ts'
import {onHost} from './tenant-hosts.ts'

export interface Place {
  readonly cmc: Centre
  readonly pki: CustomerAuthority
  readonly name: string
  /** Addresses of the edges, the front last. */
  readonly addresses: readonly [string, string]
  install(files: {cert: string; key: string}): readonly string[]
  /** Of the centre, as its owner: to let time pass. */
  readonly ledger: Queries
}

/**
 * The cable of the front is pulled after it has got the bytes and before it has committed them: the machine's own lock, which
 * each commit takes, is held on it until the cable is out.
 */
export async function cutInTheCommit(t: Test, {cmc, pki, name, addresses, install, ledger}: Place): Promise<void> {
  const [, south] = addresses
  const before = await leafAt(south, name)
  const until = `until [ "$(cat /sys/class/net/eth0/carrier 2>/dev/null || echo 0)" = 0 ]; do sleep 0.05; done; sleep 1`
  const held = ['flock', '/var/lib/selfhelp/shared.lock', 'sh', '-c', until]
  const unit = await onHost(cmc, 'south-1', 'systemd-run', '--collect', '--unit=holder', ...held)
  t.equal(unit.exit, 0, unit.err)
  await seen(cmc, waiter)
  const going = cmc.json(...install(pki.leaf('three', name)))
  await seen(cmc, committer, going)
  t.equal(await leafAt(south, name), before, 'its bytes are there, and nothing is committed yet')
  await must(cmc, 'lab', 'cut', 'south-1', '--lab', cmc.lab)
  const {exit, answer} = await going
  t.equal(exit, 5, JSON.stringify(answer))
  const edges = [
    {host: 'north-1', state: 'proven'},
    {host: 'south-1', state: 'missing'},
  ]
  t.match(answer, {complete: false, edges})
  t.match((await cmc.json('event', 'list')).answer.items, [{kind: 'certificate-partial', subject: name}])
  t.match(await cmc.json('certificate', 'renew', '--due'), {exit: 5}, 'it is away, and nobody calls it done')
  await must(cmc, 'lab', 'heal', 'south-1', '--lab', cmc.lab)
  await dueDies(t, {cmc, ledger}, 'certificate-deliver')
  t.equal(await leafAt(south, name), answer.fingerprint)
  t.match((await cmc.json('event', 'list')).answer.items, [])
  t.match(await cmc.type('environment', 'drift'), {exit: 0}, 'what runs is what the files say')
}

/** A process of the front, by its command line: each word ends with a zero byte there. */
async function seen(cmc: Centre, process: RegExp, ended: Promise<unknown> = new Promise(() => {})): Promise<void> {
  let over = false
  void ended.finally(() => {
    over = true
  })
  for (let tries = 0; tries < 5_000 && !over; tries++) {
    if (await isRunning(cmc.lab, 'south-1', process)) return
    await sleep(20)
  }
  throw new Error(`${process} was never seen on south-1`)
}

const waiter = /^sh\W-c\Wuntil /
const committer = /^flock\W-w\W300\W9\W/

/** The one run that is due, killed once in every step. */
async function dueDies(t: Test, {cmc, ledger}: Pick<Place, 'cmc' | 'ledger'>, runbook: DueRun['runbook']) {
  const due = await dueRuns(ledger, Temporal.Now.instant())
  t.match(due, [{runbook}])
  for (const {input} of due)
    await diesOncePerStep(t, cmc, await queued(cmc, world => runbooksOf(world)(runbook), input))
}

/** The disk of the front is full when the certificate comes: the run stops before anybody serves it, and goes on when there is room. */
export async function fullDisk(t: Test, {cmc, pki, name, addresses, install}: Place): Promise<void> {
  const four = pki.leaf('four', name)
  const served = () => Promise.all(addresses.map(address => leafAt(address, name)))
  const before = await served()
  await must(cmc, 'lab', 'fill', 'south-1', '--lab', cmc.lab)
  const {exit, answer} = await cmc.json(...install(four))
  t.equal(exit, 4, 'it can be gone on with')
  const step = 'every-edge-has-it-checked-by-haproxy'
  t.match(answer, {error: {code: 'run-stopped', facts: {host: 'south-1', cause: 'exchange-failed', step}}})
  t.same(await served(), before, 'what was served is served, on the edge that had room too')
  await must(cmc, 'lab', 'unfill', 'south-1', '--lab', cmc.lab)
  t.match(await cmc.json('run', 'resume', answer.error.runId), {exit: 0, answer: {state: 'done'}})
  const shown = (await cmc.json('certificate', 'show', name)).answer
  t.not(shown.fingerprint, before[0])
  t.same(await served(), [shown.fingerprint, shown.fingerprint])
}

/** What a responder says goes along with its certificate, and with no other, as long as it counts. */
export async function stapled(t: Test, {cmc, pki, name, addresses, install, ledger}: Place): Promise<void> {
  const responder = await pki.responder(t, 'stapled')
  const leaf = pki.leaf('stapled', name, {ocsp: responder.url})
  await responder.begin()
  const {exit, answer} = await cmc.json(...install(leaf))
  t.equal(exit, 0, JSON.stringify(answer))
  const words = () => Promise.all(addresses.map(address => stapleAt(address, name)))
  const [first] = await words()
  t.ok((first ?? '').length > 100, 'it goes along')
  t.same(await words(), [first, first], 'the same from every edge')
  for (const address of addresses) t.equal(await stapleAt(address, 'acme-edition.ezvsaas.test'), undefined)
  t.match(await cmc.type('environment', 'drift'), {exit: 0})

  await ledger.all`update staple set said_at = now() - interval '4 days', until = now() + interval '1 day'`
  await dueDies(t, {cmc, ledger}, 'certificate-staple')
  const [second] = await words()
  t.ok(second && second !== first, 'half of its time is over: another word')
  t.same(await words(), [second, second])

  responder.stop()
  await ledger.all`update staple set said_at = now() - interval '5 days', until = now()`
  t.match(await cmc.json('certificate', 'renew', '--due'), {exit: 0, answer: {items: [{doing: 'staple'}]}})
  t.same(await words(), [undefined, undefined], 'its word is over, and nobody gives another')
  t.match((await cmc.json('event', 'list')).answer.items, [{kind: 'certificate-responder-silent', subject: name}])
  t.match(await cmc.json('certificate', 'renew', '--due'), {exit: 0, answer: {items: []}}, 'it is not asked at once')
  t.match(await cmc.type('environment', 'drift'), {exit: 0})
}
