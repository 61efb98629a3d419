import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {systemClock} from '../../../src/clock.ts'
import {Failure} from '../../../src/error.ts'
import {append} from '../../../src/ledger/journal.ts'
import {secretStore} from '../../../src/ledger/secret-store.ts'
import {machineOver} from '../../../src/machine/apply.ts'
import {localConnection} from '../../../src/machine/local.ts'
import {supportBundle} from '../../../src/run/bundle.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {newKey, writeKeys} from '../../../src/secret/key-file.ts'
import {Secret} from '../../../src/secret/secret.ts'
import {asAnn, bookOf, plainly, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'

t.test(
  'a support bundle opens with tar, holds the journal of the run and what its hosts know, and no secret',
  async t => {
    const home = mkdtempSync(join(tmpdir(), 'selfhelp-bundle-'))
    t.teardown(() => rmSync(home, {recursive: true}))
    writeFileSync(join(home, 'postgres.log'), 'connected to postgresql://ann:hunter2@db/x\n')
    const ledger = await freshLedger(t)
    writeKeys(join(home, 'key'), [newKey()])
    const secrets = secretStore(ledger, join(home, 'key'))
    await secrets.put('environment/eaaaaaa/database-password', new Secret('swordfish-and-chips'))
    const machine = machineOver(localConnection('north-1', {root: join(home, 'north-1')}))
    const enter = async (host: string) => {
      if (host === 'north-1') return machine
      throw new Failure('host-unreachable', `${host} is asleep`)
    }
    const locks = ['environment:eaaaaaa', 'host:north-1/eaaaaaa', 'host:north-2/eaaaaaa']
    const act = {act: 'run', args: ['echo', 'swordfish-and-chips', 'are served']}
    const step: Step = {
      name: 'a',
      holds: async () => machine.roundTrips > 0,
      make: async at => void (await machine.act('serve', [act], at.fence('environment:eaaaaaa'))),
    }
    const book = bookOf('try', [step], locks)
    const here = {account: 'root', machine: 'm', at: systemClock.now()}
    const kernel = {
      ...testKernel(ledger, [book]),
      journal: async (tx: Parameters<typeof append>[0], entry: object) =>
        void (await append(tx, {...entry, ...here} as Parameters<typeof append>[1])),
    }
    const run = await requestRun(kernel, {runbook: book, input: {name: 'x', password: 'hunter2'}, by: asAnn})
    await execute(kernel, run.id, plainly())
    const file = join(home, 'b.tar.gz')
    const needs = {ledger, secrets, machine: enter, clock: systemClock, home, runbooks: kernel.runbooks, file}
    const {contents} = await supportBundle(run.id, needs)
    execFileSync('tar', ['-xzf', file, '-C', home])
    const text = contents.map(name => readFileSync(join(home, `selfhelp-${run.id}`, name), 'utf8'))
    t.notMatch(text.join(''), /hunter2|swordfish/)
    const told = (host: string) => text[contents.indexOf(`host-${host}.log`)]
    t.match(told('north-1'), /^exchange serve [0-9.]+ environment:eaaaaaa 1\n1 0 run echo \*\*\* are served$/m)
    t.match(told('north-2'), 'north-2 could not be asked: north-2 is asleep')
    const journal = text[contents.indexOf('journal.jsonl')]
      ?.trim()
      .split('\n')
      .map(line => JSON.parse(line))
    t.strictSame(
      journal?.map(entry => entry.step ?? entry.result),
      ['queued', 'running', 'a', 'done'],
    )
    t.match(JSON.parse(text[contents.indexOf('versions.json')] ?? '{}'), {node: process.version, selfhelp: /\d/})

    const link = join(home, 'link.tar.gz')
    symlinkSync(join(home, 'elsewhere'), link)
    await t.rejects(supportBundle(run.id, {...needs, file: link}), {code: 'in-the-way', exit: 3})
    t.notOk(existsSync(join(home, 'elsewhere')), 'nothing is written through a link')
  },
)
