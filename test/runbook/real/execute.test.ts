import t from 'tap'
import {Bug, Refusal} from '../../../src/error.ts'
import {enrolExecutor} from '../../../src/ledger/executor.ts'
import {heldLocks, revokeLocks} from '../../../src/ledger/lock.ts'
import {runById, stepsOfRun, supersedeRun} from '../../../src/ledger/run.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {Runbook, Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {asAnn, bookOf, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

const quick = (name: string, so: Set<string>): Step => ({
  name,
  holds: async () => so.has(name),
  make: async () => void so.add(name),
  undo: {kind: 'by', undo: async () => void so.delete(name)},
})
const request = (book: Runbook, input: object) => ({runbook: book, input, by: asAnn})

t.test('a run is asked for, followed, recorded and journaled', async t => {
  const so = new Set<string>()
  const book = bookOf('try', [quick('a', so), quick('b', so)], ['environment:e1', 'host:n1'])
  const kernel = testKernel(await freshLedger(t), [book])
  const run = await requestRun(kernel, request(book, {name: 'acme'}))
  t.equal(run.state, 'queued')
  t.strictSame(await execute(kernel, run.id, plainly()), {state: 'done'})
  t.match(await runById(kernel.ledger, run.id), {state: 'done', attempt: 1, executor: null})
  t.match(await stepsOfRun(kernel.ledger, run.id), [
    {name: 'a', state: 'made'},
    {name: 'b', state: 'made'},
  ])
  t.strictSame(
    kernel.entries.map(one => one.step ?? one.result),
    ['queued', 'running', 'a', 'b', 'done'],
  )
  t.strictSame(await heldLocks(kernel.ledger), [])
  await t.rejects(execute(kernel, run.id, plainly()), {code: 'run-ended'})
})

t.test('the same typed again continues the unfinished run; other input is refused with its id', async t => {
  const so = new Set<string>()
  let broken = true
  const b: Step = {...quick('b', so), make: async () => (broken ? Promise.reject(new Bug('x')) : void so.add('b'))}
  const book = bookOf('try', [quick('a', so), b])
  const kernel = testKernel(await freshLedger(t), [book])
  const run = await requestRun(kernel, request(book, {name: 'acme', size: 1, tags: {x: 1, y: 2}}))
  t.match(await execute(kernel, run.id, plainly()), {state: 'stopped', stopped: {exit: 1, step: 'b'}})
  const again = await requestRun(kernel, request(book, {tags: {y: 2, x: 1}, name: 'acme', size: 1}))
  t.equal(again.id, run.id)
  await t.rejects(requestRun(kernel, request(book, {name: 'acme', size: 2})), {code: 'run-unfinished', runId: run.id})
  broken = false
  t.strictSame(await execute(kernel, run.id, plainly()), {state: 'done'})
  t.not(
    (await requestRun(kernel, request(book, {name: 'acme', size: 2}))).id,
    run.id,
    'a finished run is never followed again',
  )
})

t.test('two that ask at once get one run', async t => {
  const book = bookOf('try', [])
  const kernel = testKernel(await freshLedger(t), [book])
  const asked = await Promise.all([1, 2, 3, 4].map(() => requestRun(kernel, request(book, {name: 'acme'}))))
  t.equal(new Set(asked.map(one => one.id)).size, 1)
})

t.test('a live lock refuses, naming owner and run; the epoch grows with every taking', async t => {
  const ledger = await freshLedger(t)
  const {promise: until, resolve: go} = Promise.withResolvers<void>()
  const epochs: number[] = []
  const slow: Step = {
    name: 'slow',
    holds: async () => epochs.length > 0,
    make: async at => {
      epochs.push(at.fence('environment:e1').epoch)
      await until
    },
  }
  const first = bookOf('first', [slow], ['environment:e1'])
  const second = bookOf('second', [{...slow, name: 'quick', holds: async () => epochs.length > 1}], ['environment:e1'])
  const kernel = testKernel(ledger, [first, second])
  await enrolExecutor(ledger, kernel.executor)
  const one = await requestRun(kernel, request(first, {name: 'x'}))
  const two = await requestRun(kernel, request(second, {name: 'x'}))
  const running = execute(kernel, one.id, plainly())
  while (epochs.length === 0) await new Promise(done => setTimeout(done, 5))
  const other = {...kernel, executor: {...kernel.executor, id: `${kernel.executor.id}`}}
  await t.rejects(execute(other, two.id, plainly()), {
    code: 'lock-held',
    message: /held by ann@cmc.test with run/,
    facts: {lock: 'environment:e1', run: one.id, alive: true},
  })
  go()
  t.strictSame(await running, {state: 'done'})
  t.strictSame(await execute(other, two.id, plainly()), {state: 'done'})
  t.strictSame(epochs, [1, 2])
})

t.test('a superseded executor writes nothing more', async t => {
  const ledger = await freshLedger(t)
  const so = new Set<string>()
  const robbed: Step = {
    ...quick('robbed', so),
    make: async at => {
      const why = {
        exit: 4,
        way: 'forward',
        trouble: {kind: 'refusal', code: 'epoch-superseded', message: 'taken over'},
      } as const
      await ledger.transaction(async tx => {
        t.match(await revokeLocks(tx, at.run), [{name: 'environment:e1', epoch: 2}])
        await supersedeRun(tx, at.run, why)
      })
      so.add('robbed')
    },
  }
  const book = bookOf('try', [robbed, quick('after', so)], ['environment:e1'])
  const kernel = testKernel(ledger, [book])
  const run = await requestRun(kernel, request(book, {name: 'x'}))
  await t.rejects(execute(kernel, run.id, plainly()), {code: 'epoch-superseded'})
  t.notOk(so.has('after'))
  t.match(await stepsOfRun(ledger, run.id), [{state: 'making'}])
  t.strictSame(await execute(kernel, run.id, plainly()), {state: 'done'}, 'and it can be resumed')
})

t.test('a run past its point of no return is not abandoned; one before it is undone', async t => {
  const so = new Set<string>()
  const stuck: Step = {...quick('stuck', so), make: () => Promise.reject(new Bug('x'))}
  const never: Step = {...quick('never', so), undo: {kind: 'never', because: 'it writes', document: 'docs/x.md'}}
  const past = bookOf('past', [never, stuck])
  const before = bookOf('before', [quick('a', so), stuck])
  const kernel = testKernel(await freshLedger(t), [past, before])
  const one = await requestRun(kernel, request(past, {name: 'x'}))
  await execute(kernel, one.id, plainly())
  await t.rejects(execute(kernel, one.id, {...plainly(), abandon: true}), {
    code: 'run-past-return',
    remedies: [/resume/, /docs/],
  })
  const two = await requestRun(kernel, request(before, {name: 'x'}))
  await execute(kernel, two.id, plainly())
  t.match(await execute(kernel, two.id, {...plainly(), abandon: true}), {state: 'abandoned'})
  t.strictSame([...so], ['never'])
  t.equal((await runById(kernel.ledger, two.id)).state, 'abandoned')
})

t.test('the calendar is asked when a run is enqueued and when it starts, never when it is resumed', async t => {
  const so = new Set<string>()
  let asked = 0
  const stuck: Step = {...quick('stuck', so), make: () => Promise.reject(new Bug('x'))}
  const book = bookOf('try', [stuck])
  const kernel = {...testKernel(await freshLedger(t), [book]), mayStart: async () => void asked++}
  const run = await requestRun(kernel, request(book, {name: 'x'}))
  await execute(kernel, run.id, plainly())
  await execute(kernel, run.id, plainly())
  await execute(kernel, run.id, {...plainly(), abandon: true})
  t.equal(asked, 2)
  const frozen = {...kernel, mayStart: () => Promise.reject(new Refusal('not-found', 'frozen week'))}
  await t.rejects(requestRun(frozen, request(book, {name: 'y'})), {message: 'frozen week'})
})
