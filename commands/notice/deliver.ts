import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {deliverDue} from '../../src/notice/deliver.ts'
import {deliveringOf} from '../../src/notice/register.ts'
import {deliveredRows} from '../../src/notice/view.ts'

export default class NoticeDeliver extends LedgerMutation {
  static override summary = 'Send what is due now; `scheduler` does so by itself'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof NoticeDeliver>) {
    const result = await deliverDue(await deliveringOf(world))
    const failed = result.items.some(({state}) => state !== 'accepted')
    return {result, view: deliveredRows(result.items), ...(failed ? {exit: 'partial' as const} : {})}
  }
}
