import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {runById} from '../../../src/ledger/run.ts'
import type {Kernel} from '../../../src/runbook/kernel.ts'
import type {Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {work} from '../../../src/runbook/worker.ts'
import {asAnn, bookOf, testKernel} from '../../support/kernel.ts'
import {child} from '../../support/kill.ts'
import {freshLedger} from '../../support/ledger.ts'
import {killable} from '../house.ts'

t.setTimeout(240_000)

/** Lets a worker work until the runs have ended. */
async function untilEnded(kernel: Kernel, runs: readonly string[]) {
  const soon = new AbortController()
  const working = work(kernel, {
    interruption: {soon: soon.signal, now: new AbortController().signal},
    concurrency: 4,
    tell: () => {},
  })
  const states = async () => Promise.all(runs.map(async run => (await runById(kernel.ledger, run)).state))
  while ((await states()).some(state => state === 'queued' || state === 'running'))
    await new Promise(done => setTimeout(done, 50))
  soon.abort()
  await working
  return states()
}

t.test('a worker executes what was left to it, one run at a time for each lock', async t => {
  const ledger = await freshLedger(t)
  let now = 0
  let most = 0
  const done = new Set<string>()
  const slow = (name: string): Step => ({
    name,
    holds: async () => done.has(name),
    make: async () => {
      most = Math.max(most, ++now)
      await new Promise(wait => setTimeout(wait, 100))
      now--
      done.add(name)
    },
  })
  const books = ['a', 'b', 'c'].map(id => bookOf(id, [slow(id)], ['environment:e1']))
  const kernel = testKernel(ledger, books)
  const runs = await Promise.all(
    books.map(runbook => requestRun(kernel, {runbook, input: {name: 'x'}, by: asAnn, detach: true})),
  )
  t.strictSame(
    await untilEnded(
      kernel,
      runs.map(run => run.id),
    ),
    ['done', 'done', 'done'],
  )
  t.equal(most, 1)
})

for (const worker of [false, true])
  t.test(
    `the run of a dead ${worker ? 'worker' : 'command'} is recovered, and holds no place in the queue`,
    async t => {
      const folder = mkdtempSync(join(tmpdir(), 'selfhelp-worker-'))
      t.teardown(() => rmSync(folder, {recursive: true}))
      const ledger = await freshLedger(t)
      const {runbook, begin, effects} = killable({ledger, folder})
      const kernel = testKernel(ledger, [runbook])
      const ask = async () => requestRun(kernel, {runbook, input: await begin(), by: asAnn, detach: true})
      const run = await ask()
      const module = new URL('../house.ts', import.meta.url).href
      const order = {module, folder, address: ledger.address, run: run.id, worker}
      const {signal} = await child({...order, death: {position: 2, point: 'between'}})
      t.equal(signal, 'SIGKILL')
      t.equal((await runById(ledger, run.id)).state, 'running')
      t.strictSame(await untilEnded(kernel, [run.id]), ['done'])
      t.strictSame(await untilEnded(kernel, [(await ask()).id]), ['done'], 'another one under the same lock')
      t.equal((await effects(run.id))['walls-stand'], 1)
    },
  )

t.test('a run that cannot be followed stops, and is not tried again and again', async t => {
  const ledger = await freshLedger(t)
  const book = bookOf('gone', [])
  const run = await requestRun(testKernel(ledger, [book]), {runbook: book, input: {name: 'x'}, by: asAnn, detach: true})
  t.strictSame(await untilEnded(testKernel(ledger, []), [run.id]), ['stopped'])
})

t.test('a worker that is told to stop leaves its run to the next one', async t => {
  const ledger = await freshLedger(t)
  const soon = new AbortController()
  const made: string[] = []
  const step = (name: string): Step => ({
    name,
    holds: async () => made.includes(name),
    make: async () => {
      made.push(name)
      soon.abort()
    },
  })
  const book = bookOf('try', [step('a'), step('b')], ['environment:e1'])
  const kernel = testKernel(ledger, [book])
  const run = await requestRun(kernel, {runbook: book, input: {name: 'x'}, by: asAnn, detach: true})
  await work(kernel, {
    interruption: {soon: soon.signal, now: new AbortController().signal},
    concurrency: 4,
    tell: () => {},
  })
  t.strictSame(made, ['a'])
  t.equal((await runById(ledger, run.id)).state, 'queued')
  t.strictSame(await untilEnded(testKernel(ledger, [book], 'next'), [run.id]), ['done'])
  t.strictSame(made, ['a', 'b'])
})
