import t from 'tap'
import {Refusal} from '../../../src/error.ts'
import type {Ledger} from '../../../src/ledger/ledger.ts'
import {addOperator} from '../../../src/ledger/operator.ts'
import {runById} from '../../../src/ledger/run.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {asAnn, bookOf, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

t.test('a run that was altered in the ledger is not what its operator signed, and does nothing', async t => {
  const ledger = await freshLedger(t)
  const done: string[] = []
  const mark = (name: string): Step => ({
    name,
    holds: async () => done.includes(name),
    make: async () => void done.push(name),
  })
  const books = [bookOf('mild', [mark('mild')]), bookOf('grave', [mark('grave')])] as const
  const kernel = testKernel(ledger, books)
  const asked = (name: string) => requestRun(kernel, {runbook: books[0], input: {name, keep: 'P30D'}, by: asAnn})
  const alterations: Record<string, (run: string, l: Ledger) => Promise<unknown>> = {
    input: (run, l) => l.all`update run set input = '{"name": "other"}' where id = ${run}`,
    runbook: (run, l) => l.all`update run set runbook = 'grave' where id = ${run}`,
    operator: (run, l) => l.all`update run set operator = 'joe@cmc.test' where id = ${run}`,
    reason: (run, l) => l.all`update run set reason = 'another' where id = ${run}`,
    request: (run, l) => l.all`
      update run set request = (select request from run where id <> ${run} limit 1) where id = ${run}`,
  }
  await asked('first')
  for (const [what, alter] of Object.entries(alterations)) {
    const {id} = await asked(what)
    await alter(id, ledger.owner)
    const code = 'signature-invalid'
    t.match(await execute(kernel, id, plainly()), {state: 'undone', stopped: {exit: 3, trouble: {code}}}, what)
    const begun = await asked(`${what} begun`)
    await alter(begun.id, ledger.owner)
    await ledger.all`update run set started_at = now() where id = ${begun.id}`
    await t.rejects(execute(kernel, begun.id, plainly()), {code}, `${what}, as if begun`)
    t.equal((await runById(ledger, begun.id)).attempt, 0)
  }
  t.strictSame(done, [])
  const {id} = await asked('as asked')
  t.match(await execute(kernel, id, plainly()), {state: 'done'})
  t.strictSame(done, ['mild'])
})

t.test('nothing is done for a run whose signature is not accepted, not even when it is resumed', async t => {
  const kernel = testKernel(await freshLedger(t), [bookOf('mild', [])])
  const run = await requestRun(kernel, {runbook: bookOf('mild', []), input: {name: 'x'}, by: asAnn})
  await kernel.ledger.all`update run set state = 'stopped', started_at = now() where id = ${run.id}`
  const strict = {...kernel, verify: () => Promise.reject(new Refusal('signature-invalid', 'not theirs'))}
  await t.rejects(execute(strict, run.id, plainly()), {code: 'signature-invalid'})
})

t.test('whoever has the rights of `app` can neither alter what was asked nor wake what has ended', async t => {
  const ledger = await freshLedger(t)
  const book = bookOf('mild', [])
  const kernel = testKernel(ledger, [book])
  const {id} = await requestRun(kernel, {runbook: book, input: {name: 'x'}, by: asAnn})
  await addOperator(ledger, {email: 'ann@cmc.test', role: 'cmc', publicKey: 'ssh-ed25519 A'})
  const code = '42501'
  await t.rejects(ledger.all`update run set input = '{}' where id = ${id}`, {code})
  await t.rejects(ledger.all`update run set request = '{}', signature = 'x' where id = ${id}`, {code})
  await t.rejects(ledger.all`delete from run where id = ${id}`, {code})
  await t.rejects(ledger.all`update operator set public_key = 'ssh-ed25519 B'`, {code})
  await t.rejects(ledger.all`update operator set role = 'approver'`, {code})
  await t.rejects(ledger.all`delete from operator`, {code})
  t.match(await execute(kernel, id, plainly()), {state: 'done'})
  await t.rejects(ledger.all`update run set state = 'queued', started_at = null where id = ${id}`, {code: '23001'})
  t.equal((await runById(ledger, id)).state, 'done')
  await ledger.all`update operator set retired_at = now()`
})
