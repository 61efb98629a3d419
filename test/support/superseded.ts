import type {Test} from 'tap'
import type {Ledger} from '../../src/ledger/ledger.ts'
import type {Centre} from './centre.ts'
import {going, reached} from './going.ts'
import {effectsOn} from './host-facts.ts'

interface Sleeping {
  readonly ledger: Ledger
  readonly tenant: string
  readonly host: string
  readonly words: readonly string[]
  /** The step in which it falls asleep. */
  readonly during: string
}

/** An executor sleeps in the middle of a step; somebody else takes over and ends the run; then it wakes. */
export async function supersededAsleep(t: Test, cmc: Centre, sleeping: Sleeping): Promise<void> {
  const {ledger, tenant, host, words, during} = sleeping
  const {ended, kill, pid} = going(cmc, words)
  await reached(ledger, {tenant, during, ended})
  kill('SIGSTOP')
  const {items} = (await cmc.json('run', 'list', '--unfinished', '--tenant', tenant)).answer
  const {run} = items[0]
  const shown = (await cmc.json('run', 'show', run)).answer
  const held = {owner: 'jane@cmc.test', pid, machine: /./, reason: 'to see it sleep', takenAt: /Z$/, heartbeatAt: /Z$/}
  const lock = shown.heldLocks.find(({name}: {name: string}) => name.startsWith('environment:'))
  t.match(lock, held, 'its lock says who, from where, why, since when, and when it was last alive')
  t.match(await cmc.type('run', 'show', run), {out: /jane@cmc\.test.*to see it sleep/}, 'people read it too')
  t.match(
    await cmc.json(...words),
    {exit: 3, answer: {error: {code: 'lock-held', runId: run, message: new RegExp(`process ${pid} on`)}}},
    'while it may live, nobody goes on with its run',
  )
  t.match(await cmc.json('run', 'take-over', lock.name), {exit: 2}, 'nobody takes over without a reason')
  const over = await cmc.json('run', 'take-over', lock.name, '--reason', 'its laptop sleeps')
  t.match(over, {exit: 0, answer: {run, owner: 'jane@cmc.test', epoch: lock.epoch + 1, unheard: []}})
  t.match(await cmc.type('run', 'resume', run), {exit: 0})
  const effects = () => effectsOn(cmc, {host, run, names: {}})
  const before = await effects()
  t.not(Object.keys(before).length, 0)
  kill('SIGCONT')
  const {exit, err} = await ended
  // Asleep for longer than it has patience with the ledger, it hears first that its connection was ended.
  t.match(err, exit === 4 ? /The ledger did not answer/ : /taken over/, 'when it wakes it is refused')
  t.ok(exit === 3 || exit === 4, `it ended with ${exit}`)
  t.strictSame(await effects(), before, 'and has done nothing on the host')
}
