import {connectLedger} from '../../src/ledger/connect.ts'
import {launchDbos} from '../../src/runbook/dbos.ts'
import {execute} from '../../src/runbook/execute.ts'
import {heartbeat} from '../../src/runbook/heartbeat.ts'
import {work} from '../../src/runbook/worker.ts'
import {type Death, dying} from './crash.ts'
import {plainly, testKernel} from './kernel.ts'
import {type Trying, tryingAt} from './killable.ts'
import type {TestLedger} from './ledger.ts'

/** What the child is told, as its one argument. */
export interface Order extends Trying {
  readonly folder: string
  readonly address: TestLedger['address']
  readonly run: string
  readonly death?: Death
  /** Be a worker, and find the run in the queue. */
  readonly worker?: boolean
}

const {folder, address, run, death, worker, ...trying}: Order = JSON.parse(process.argv[2] ?? '{}')
const ledger = await connectLedger(address)
const kernel = testKernel(ledger, [dying((await tryingAt(trying, {ledger, folder})).runbook, death)])
if (worker) await work(kernel, {...plainly(), concurrency: 4})
await using _ = await heartbeat(kernel)
const durable = await launchDbos({ledger, executor: kernel.executor.id})
const end = await execute(kernel, run, {...plainly(), durably: durable.here})
process.stdout.write(`${JSON.stringify(end)}\n`)
await durable.close()
await ledger.close()
