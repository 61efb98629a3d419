// One sender that dies by SIGKILL at a point of its first message.
import {Temporal} from 'temporal-polyfill'
import type {Address} from '../../src/ledger/address.ts'
import {connectLedger} from '../../src/ledger/connect.ts'
import {deliverDue} from '../../src/notice/deliver.ts'
import {send} from '../../src/notice/smtp.ts'

const {address, point, at}: {address: Address; point: string; at: string} = JSON.parse(process.argv[2] ?? '{}')
const die = () => process.kill(process.pid, 'SIGKILL')
const ledger = await connectLedger(address)
await deliverDue({
  ledger,
  clock: {now: () => Temporal.Instant.from(at), sleep: async () => {}},
  executor: `child-${process.pid}`,
  password: async () => undefined,
  send: async sending => {
    const outcome = await send({
      ...sending,
      beforeContent: async () => {
        if (point === 'before the content') die()
        const begun = await sending.beforeContent()
        if (point === 'as the content begins') die()
        return begun
      },
    })
    if (point === 'after the answer') die()
    return outcome
  },
})
await ledger.close()
