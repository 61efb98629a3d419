import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showNotice} from '../../src/notice/list.ts'
import {noticeFields} from '../../src/notice/view.ts'

export default class NoticeShow extends BaseCommand {
  static override summary = 'Show one notice: its text, each attempt, each answer'
  static override args = {notice: Args.string({description: 'its id, as `notice list` names it', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> nk3x9ab',
    '<%= config.bin %> <%= command.id %> nk3x9ab --json',
  ]

  protected override async answer({args, world}: Typed<typeof NoticeShow>) {
    const result = await showNotice(await world.ledger(), args.notice)
    return {result, view: noticeFields(result)}
  }
}
