import t from 'tap'
import {enrolExecutor} from '../../../src/ledger/executor.ts'
import type {Ledger} from '../../../src/ledger/ledger.ts'
import {heldLocks} from '../../../src/ledger/lock.ts'
import {runById} from '../../../src/ledger/run.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {take} from '../../../src/runbook/take.ts'
import {work} from '../../../src/runbook/worker.ts'
import {asAnn, bookOf, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

const laptop = {id: 'ffffffff.4026531836.4711.1', machine: 'laptop', pid: 4711, purpose: 'command'} as const

/** A run that a process of another machine follows, whose last sign of life nobody here can see but in the ledger. */
async function followedElsewhere(ledger: Ledger) {
  const made: string[] = []
  const step: Step = {name: 'a', holds: async () => made.length > 0, make: async () => void made.push('a')}
  const [book, other] = ['first', 'second'].map(id => bookOf(id, [step], ['environment:e1', 'host:n1/e1']))
  if (!book || !other) throw new RangeError('no books')
  const kernel = testKernel(ledger, [book, other])
  const there = {...kernel, executor: laptop}
  await enrolExecutor(ledger, laptop)
  const run = await requestRun(there, {runbook: book, input: {name: 'x'}, by: asAnn})
  await take(there, run.id)
  const silence = async (seconds: number) => {
    const since = `${seconds} seconds`
    await ledger.all`update executor set heartbeat_at = now() - ${since}::interval where id = ${laptop.id}`
    await ledger.all`update lock set heartbeat_at = now() - ${since}::interval where run = ${run.id}`
  }
  return {kernel, run, other, silence, made}
}

t.test('an executor of another machine counts as alive until it was silent for 30 seconds', async t => {
  const {kernel, run, other, silence, made} = await followedElsewhere(await freshLedger(t))
  await silence(15)
  await t.rejects(execute(kernel, run.id, plainly()), {
    code: 'lock-held',
    message: /is being followed by process 4711 on laptop/,
    remedies: [`selfhelp run follow ${run.id}`],
  })
  const next = await requestRun(kernel, {runbook: other, input: {name: 'y'}, by: asAnn})
  const held = {lock: 'environment:e1', run: run.id, owner: 'ann@cmc.test', machine: 'laptop', pid: 4711}
  const told = {reason: 'a try', since: /Z$/, age: /^PT\d/, heartbeat: /Z$/}
  await t.rejects(execute(kernel, next.id, plainly()), {code: 'lock-held', facts: {...held, ...told, alive: true}})
  await silence(31)
  const dead = {alive: false}
  const remedies = [`selfhelp run resume ${run.id}`, `selfhelp run abandon ${run.id}`]
  await t.rejects(execute(kernel, next.id, plainly()), {code: 'lock-held', facts: dead, remedies})
  t.strictSame(made, [])
  t.strictSame(await execute(kernel, run.id, plainly()), {state: 'done'}, 'whoever continues the run takes its locks')
  t.strictSame(kernel.announced.map(({host, fence}) => [host, fence.lock, fence.epoch]).sort(), [
    ['n1', 'environment:e1', 2],
    ['n1', 'host:n1/e1', 2],
  ])
  t.strictSame(await heldLocks(kernel.ledger), [])
})

t.test('any worker recovers the run of an executor whose heartbeat has ended', async t => {
  const {kernel, run, silence, made} = await followedElsewhere(await freshLedger(t))
  await silence(31)
  const soon = new AbortController()
  const interruption = {soon: soon.signal, now: new AbortController().signal}
  const working = work(kernel, {interruption, concurrency: 2, tell: () => {}})
  while ((await runById(kernel.ledger, run.id)).state !== 'done') await new Promise(done => setTimeout(done, 20))
  soon.abort()
  await working
  t.strictSame(made, ['a'])
})
