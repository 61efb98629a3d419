import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {systemClock} from '../../../src/clock.ts'
import {append} from '../../../src/ledger/journal.ts'
import {supportBundle} from '../../../src/run/bundle.ts'
import {execute} from '../../../src/runbook/execute.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {asAnn, bookOf, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

t.test('a support bundle opens with tar, holds the journal of the run, and no secret', async t => {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-bundle-'))
  t.teardown(() => rmSync(home, {recursive: true}))
  writeFileSync(join(home, 'postgres.log'), 'connected to postgresql://ann:hunter2@db/x\n')
  const ledger = await freshLedger(t)
  const book = bookOf('try', [{name: 'a', holds: async () => true, make: async () => {}}])
  const here = {account: 'root', machine: 'm', at: systemClock.now()}
  const kernel = {
    ...testKernel(ledger, [book]),
    journal: async (tx: Parameters<typeof append>[0], entry: object) =>
      void (await append(tx, {...entry, ...here} as Parameters<typeof append>[1])),
  }
  const run = await requestRun(kernel, {runbook: book, input: {name: 'x', password: 'hunter2'}, by: asAnn})
  await execute(kernel, run.id, plainly())
  const file = join(home, 'b.tar.gz')
  const {contents} = await supportBundle(run.id, {ledger, clock: systemClock, home, runbooks: kernel.runbooks, file})
  execFileSync('tar', ['-xzf', file, '-C', home])
  const text = contents.map(name => readFileSync(join(home, `selfhelp-${run.id}`, name), 'utf8'))
  t.notMatch(text.join(''), /hunter2/)
  const journal = text[contents.indexOf('journal.jsonl')]
    ?.trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.strictSame(
    journal?.map(entry => entry.step ?? entry.result),
    ['queued', 'running', 'a', 'done'],
  )
  t.match(JSON.parse(text[contents.indexOf('versions.json')] ?? '{}'), {node: process.version, selfhelp: /\d/})
})
