import {Temporal} from 'temporal-polyfill'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {type HeadNeeds, readHeads, signHead} from './head.ts'
import {headRunbook} from './model.ts'

/** A head this old says nothing about the hour that has passed. */
const fresh = Temporal.Duration.from({minutes: 10})

/** Signs how far the journal has come, outside the database; the scheduler asks for it every hour. */
export function journalSignHead(needs: HeadNeeds): Runbook {
  return runbook({
    id: headRunbook,
    bySchedule: true,
    change: 'backup',
    title: () => "sign the journal's head",
    subject: () => 'journal',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [],
    steps: () => [
      step('head-is-signed', {
        holds: async () => {
          const last = readHeads(needs.home).at(-1)
          const earliest = needs.clock.now().subtract(fresh)
          return last !== undefined && Temporal.Instant.compare(Temporal.Instant.from(last.at), earliest) >= 0
        },
        make: async () => void (await signHead(needs)),
      }),
    ],
  })
}
