import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listRelays} from '../../src/notice/relay.ts'
import {relayRows} from '../../src/notice/view.ts'

export default class NoticeRelays extends BaseCommand {
  static override summary = 'List how mail leaves, and what may go wrong on the way'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof NoticeRelays>) {
    const result = await listRelays(await world.ledger())
    return {result, view: relayRows(result.items)}
  }
}
