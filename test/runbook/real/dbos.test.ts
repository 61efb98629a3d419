import t from 'tap'
import {Refusal} from '../../../src/error.ts'
import {attemptsOfRun, runById} from '../../../src/ledger/run.ts'
import {launchDbos} from '../../../src/runbook/dbos.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {asAnn, bookOf, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

t.test('an attempt is a workflow of DBOS, and each step a checkpoint of it', async t => {
  const ledger = await freshLedger(t)
  const done: string[] = []
  const step = (name: string): Step => ({
    name,
    holds: async () => done.includes(name),
    make: async () => void done.push(name),
  })
  const book = bookOf('try', [step('a'), step('b')], ['environment:e1'])
  const kernel = testKernel(ledger, [book])
  const began = performance.now()
  const durable = await launchDbos({ledger, executor: kernel.executor.id})
  t.comment(`launch with migrations ${Math.round(performance.now() - began)} ms`)
  try {
    const run = await requestRun(kernel, {runbook: book, input: {name: 'x'}, by: asAnn})
    const how = {...plainly(), durably: durable.here}
    t.strictSame(await execute(kernel, run.id, how), {state: 'done'})
    t.strictSame(done, ['a', 'b'])
    const steps =
      await ledger.all`select function_name from dbos.operation_outputs where workflow_uuid = ${`${run.id}/1`} order by function_id`
    t.strictSame(
      steps.map(one => (one as {functionName: string}).functionName),
      ['a', 'b'],
    )
    await durable.forget(kernel.clock.now().subtract({hours: 1}))
    t.equal((await attemptsOfRun(ledger, run.id)).length, 1)
    await durable.forget(kernel.clock.now().add({hours: 1}))
    t.strictSame(await attemptsOfRun(ledger, run.id), [], 'what is old is forgotten')
    t.equal((await runById(ledger, run.id)).state, 'done', 'and our records stay')
  } finally {
    await durable.close()
  }
})

t.test('a command listens to no queue: what was left to workers waits for them', async t => {
  const ledger = await freshLedger(t)
  const book = bookOf('try', [])
  const kernel = testKernel(ledger, [book])
  const durable = await launchDbos({ledger, executor: kernel.executor.id})
  try {
    const left = await requestRun(kernel, {runbook: book, input: {name: 'left'}, by: asAnn, detach: true})
    t.equal(await durable.enqueue({run: left.id, attempt: 1}, 'one'), 'queued')
    const run = await requestRun(kernel, {runbook: book, input: {name: 'x'}, by: asAnn})
    t.match(await execute(kernel, run.id, {...plainly(), durably: durable.here}), {state: 'done'})
    t.match(await attemptsOfRun(ledger, left.id), [{status: 'ENQUEUED', queueName: 'runs'}])
    t.equal((await runById(ledger, left.id)).state, 'queued')
  } finally {
    await durable.close()
  }
})

t.test('an error keeps its class and its exit through DBOS', async t => {
  const ledger = await freshLedger(t)
  const robbed: Step = {
    name: 'a',
    holds: async () => false,
    make: () => Promise.reject(new Refusal('epoch-superseded', 'newer')),
  }
  const book = bookOf('try', [robbed])
  const kernel = testKernel(ledger, [book])
  const durable = await launchDbos({ledger, executor: kernel.executor.id})
  try {
    const run = await requestRun(kernel, {runbook: book, input: {name: 'x'}, by: asAnn})
    await t.rejects(execute(kernel, run.id, {...plainly(), durably: durable.here}), {code: 'epoch-superseded', exit: 3})
    t.equal((await runById(ledger, run.id)).state, 'running')
  } finally {
    await durable.close()
  }
})
