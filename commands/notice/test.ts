import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {deliverDue} from '../../src/notice/deliver.ts'
import {showNotice} from '../../src/notice/list.ts'
import {deliveringOf} from '../../src/notice/register.ts'
import {enqueueTest} from '../../src/notice/tell.ts'
import {noticeFields} from '../../src/notice/view.ts'

export default class NoticeTest extends LedgerMutation {
  static override summary = 'Send a test notice to the contacts, and say what their servers answered'
  static override args = {tenant: Args.string({description: 'the tenant', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --reason "new relay"',
    '<%= config.bin %> <%= command.id %> acme --json',
  ]

  protected override async answer({args, world}: Typed<typeof NoticeTest>) {
    const ledger = await world.ledger()
    const id = await enqueueTest(ledger, args.tenant, world.clock.now())
    await deliverDue(await deliveringOf(world))
    const result = await showNotice(ledger, id)
    return {result, view: noticeFields(result), ...(result.state === 'sent' ? {} : {exit: 'partial' as const})}
  }
}
