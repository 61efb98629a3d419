import {hostname, userInfo} from 'node:os'
import type {Clock} from '../clock.ts'
import {append} from '../ledger/journal.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {runById} from '../ledger/run.ts'
import type {HostDoing} from '../machine/apply.ts'

/**
 * Writes down what is about to be done to a host, before it is done: a change the journal does not know cannot have
 * been ours. What came of it is in the step that follows.
 */
export function changesInJournal(ledger: Ledger, clock: Clock): (doing: HostDoing) => Promise<void> {
  return async ({host, fence, changes, planHash}) => {
    const {operator, reason, tenant} = await runById(ledger, fence.run)
    await append(ledger, {
      ...{at: clock.now(), kind: 'host', subject: host, tenant, run: fence.run, planHash},
      ...{operator, reason, account: userInfo().username, machine: hostname()},
      ...{result: 'changing', body: {changes, lock: fence.lock, epoch: fence.epoch}},
    })
  }
}
