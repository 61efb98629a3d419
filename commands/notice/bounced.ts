import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {noteBounce} from '../../src/notice/bounce.ts'
import {noticeFields} from '../../src/notice/view.ts'
import {readNamed} from '../../src/secret/private-file.ts'

export default class NoticeBounced extends LedgerMutation {
  static override summary = 'Note a mail that came back: its notice is not sent any more'
  static override description =
    'The mail as the server sent it (RFC 3464); the mailbox of the sender may pipe each one to a file and type this.'
  static override args = {mail: Args.string({description: 'the file with the whole mail', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> /var/mail/bounced/17.eml',
    '<%= config.bin %> <%= command.id %> 17.eml --json',
  ]

  protected override async answer({args, world}: Typed<typeof NoticeBounced>) {
    const mail = readNamed(args.mail)
    const result = await noteBounce(await world.ledger(), mail, world.clock.now())
    return {result, view: noticeFields(result)}
  }
}
