import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {deliverDue} from '../../src/notice/deliver.ts'
import {showNotice} from '../../src/notice/list.ts'
import {deliveringOf} from '../../src/notice/register.ts'
import {resendNotice} from '../../src/notice/tell.ts'
import {noticeFields} from '../../src/notice/view.ts'

export default class NoticeResend extends LedgerMutation {
  static override summary = 'Send again what was refused, bounced or is uncertain'
  static override description =
    'Under the same Message-ID. Who got an uncertain one gets it twice: look into the log of the relay first.'
  static override args = {notice: Args.string({description: 'its id, as `notice list` names it', required: true})}
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> nk3x9ab --reason "the relay has no line of it"',
    '<%= config.bin %> <%= command.id %> nk3x9ab --reason "address corrected" --json',
  ]

  protected override async answer({args, world}: Typed<typeof NoticeResend>) {
    const ledger = await world.ledger()
    await resendNotice(ledger, args.notice, world.clock.now())
    await deliverDue(await deliveringOf(world))
    const result = await showNotice(ledger, args.notice)
    return {result, view: noticeFields(result)}
  }
}
