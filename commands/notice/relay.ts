import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {setRelay} from '../../src/notice/relay.ts'
import {relayRows} from '../../src/notice/view.ts'
import {readNamed, readPrivateFile} from '../../src/secret/private-file.ts'
import {Secret} from '../../src/secret/secret.ts'

export default class NoticeRelay extends LedgerMutation {
  static override summary = "Set how mail leaves: the platform's relay, or a customer's own"
  static override args = {owner: Args.string({description: 'platform, or a tenant', required: true})}
  static override flags = {
    host: Flags.string({description: 'the mail server', helpValue: 'HOST'}),
    port: Flags.integer({description: 'its port; by its security when left out', min: 1, max: 65_535}),
    security: Flags.option({description: 'how it is spoken to', options: ['smtp', 'starttls', 'smtps'] as const})(),
    account: Flags.string({description: 'the account to send with', helpValue: 'NAME'}),
    'password-file': Flags.string({description: 'its password, in a file of your own', helpValue: 'FILE'}),
    sender: Flags.string({description: 'the address mail comes from', helpValue: 'ADDRESS'}),
    ca: Flags.string({description: 'the authority of its certificate, PEM', helpValue: 'FILE'}),
    'per-hour': Flags.integer({description: 'the most that leaves in an hour', min: 1}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> platform --host smtp.cmc.example --security starttls --sender noreply@cmc.example',
    '<%= config.bin %> <%= command.id %> acme --host mail.acme.test --security smtps --account cmc --password-file pw --sender selfhelp@acme.test',
  ]

  protected override async answer({args, flags, world}: Typed<typeof NoticeRelay>) {
    const {host, port, security, account, sender} = flags
    const file = flags['password-file']
    const password = file === undefined ? undefined : new Secret(readPrivateFile(file).trim())
    const ca = flags.ca === undefined ? undefined : readNamed(flags.ca)
    const wanted = {owner: args.owner, host, port, security, account, sender, ca, password, perHour: flags['per-hour']}
    const result = await setRelay({ledger: await world.ledger(), secrets: world.secrets}, wanted, world.clock.now())
    return {result, view: relayRows([result])}
  }
}
