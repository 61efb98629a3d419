import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {checkRelays} from '../../src/notice/check.ts'
import {systemNames} from '../../src/notice/names.ts'
import {checkedRelays} from '../../src/notice/view.ts'

export default class NoticeCheck extends BaseCommand {
  static override summary = 'Ask the DNS whether sender domains vouch for the relays that send'
  static override description = 'Exit 5 when one does not: its mail may be delayed or taken for spam (R260, R262).'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof NoticeCheck>) {
    const result = await checkRelays(await world.ledger(), systemNames())
    const bad = result.items.some(({addresses}) => addresses.some(({spf}) => spf !== 'pass'))
    return {result, view: checkedRelays(result.items), ...(bad ? {exit: 'partial' as const} : {})}
  }
}
