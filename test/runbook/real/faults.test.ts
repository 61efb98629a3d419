import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {createLedger} from '../../../src/ledger/create.ts'
import {lockFile} from '../../../src/ledger/file-lock.ts'
import {placeOf} from '../../../src/ledger/place.ts'
import {postmasterOf, stopPrivate} from '../../../src/ledger/private.ts'
import {stepsOfRun} from '../../../src/ledger/run.ts'
import {launchDbos} from '../../../src/runbook/dbos.ts'
import {execute} from '../../../src/runbook/execute.ts'
import type {Step} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {takeOver} from '../../../src/runbook/take-over.ts'
import {asAnn, bookOf, byAnn, plainly, testKernel} from '../../support/kernel.ts'
import {orderFor} from '../../support/kill.ts'
import {freshLedger} from '../../support/ledger.ts'
import {there} from '../../support/there.ts'
import {machineBeside, trial} from '../fenced.ts'

t.setTimeout(120_000)

function folderOf(t: {teardown(work: () => void): unknown}): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-fault-'))
  t.teardown(() => rmSync(folder, {recursive: true, force: true}))
  return folder
}

t.test(
  "the ledger's PostgreSQL away for ten seconds in mid-run: nothing is lost and nothing happens twice",
  async t => {
    const home = folderOf(t)
    const ledger = await createLedger({home, env: {}})
    const place = placeOf(home, {})
    t.teardown(async () => {
      await ledger.close()
      await stopPrivate(place)
    })
    const done: string[] = []
    let away: Promise<void> | undefined
    const step = (name: string): Step => ({
      name,
      holds: async () => done.includes(name),
      make: async () => {
        if (name === 'b') {
          const server = postmasterOf(place) ?? 0
          away = stopFor(place, 10_000)
          // Nothing can be written down from here on.
          while (existsSync(`/proc/${server}`)) await sleep(20)
        }
        done.push(name)
      },
    })
    const book = bookOf('try', ['a', 'b', 'c'].map(step), ['environment:e1'])
    const kernel = testKernel(ledger, [book])
    const durable = await launchDbos({ledger, executor: kernel.executor.id})
    try {
      const run = await requestRun(kernel, {runbook: book, input: {name: 'x'}, by: asAnn})
      const began = performance.now()
      t.strictSame(await execute(kernel, run.id, {...plainly(), durably: durable.here}), {state: 'done'})
      t.ok(performance.now() - began > 9000, 'it was away')
      t.strictSame(done, ['a', 'b', 'c'])
      t.match(await stepsOfRun(ledger, run.id), [{state: 'made'}, {state: 'made'}, {state: 'made'}])
      await away
    } finally {
      await durable.close()
    }
  },
)

/** Stops the server, and lets nobody start it for a while. */
async function stopFor(place: ReturnType<typeof placeOf>, milliseconds: number): Promise<void> {
  await using _ = await lockFile(place.lock)
  process.kill(postmasterOf(place) ?? 0, 'SIGINT')
  await sleep(milliseconds)
}

t.test('an executor that slept while its lock was taken over has no effect on the host when it wakes', async t => {
  const folder = folderOf(t)
  const file = join(folder, 'f')
  const ledger = await freshLedger(t)
  const {runbook, input, state} = trial(file)
  const machine = machineBeside(file)
  const kernel = {
    ...testKernel(ledger, [runbook], 'elsewhere'),
    announce: async (_: string, fence: Parameters<typeof machine.act>[2]) =>
      void (await machine.act('announce', [], fence)),
  }
  const run = await requestRun(kernel, {runbook, input, by: asAnn, detach: true})
  const module = new URL('../fenced.ts', import.meta.url).href
  const sleeper = spawn(process.execPath, orderFor({module, folder, address: ledger.address, run: run.id}), {
    stdio: 'pipe',
  })
  await there(`${file}.waiting`)
  sleeper.kill('SIGSTOP')
  t.match(await takeOver(kernel, 'environment:e1', byAnn), {run: run.id, epoch: 2})
  writeFileSync(`${file}.go`, '')
  sleeper.kill('SIGCONT')
  const said = await endOf(sleeper)
  t.match(said, /epoch-superseded/)
  t.equal(state(), false, 'it wrote nothing')
  t.strictSame(await execute(kernel, run.id, plainly()), {state: 'done'})
  t.equal(state(), 'by the run\n')
})

async function endOf(child: ChildProcess): Promise<string> {
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', data => {
      said += data
    })
  await once(child, 'close')
  return said
}
