import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listNotices} from '../../src/notice/list.ts'
import {noticeRows} from '../../src/notice/view.ts'

export default class NoticeList extends BaseCommand {
  static override summary = 'List notices, and what the mail server of each contact said'
  static override flags = {
    tenant: Flags.string({description: 'only those of this tenant', helpValue: 'TENANT'}),
    limit: Flags.integer({description: 'how many', default: 50, min: 1, max: 1000}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --tenant acme',
    '<%= config.bin %> <%= command.id %> --limit 200 --json',
  ]

  protected override async answer({flags, world}: Typed<typeof NoticeList>) {
    const result = await listNotices(await world.ledger(), flags)
    return {result, view: noticeRows(result.items)}
  }
}
