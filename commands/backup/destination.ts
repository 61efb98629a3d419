import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {Refusal} from '../../src/error.ts'
import {readNamed, readPrivateFile} from '../../src/secret/private-file.ts'
import {Secret} from '../../src/secret/secret.ts'
import {endDestination, setDestination} from '../../src/transfer/destination.ts'
import {destinationRows} from '../../src/transfer/view.ts'

export default class BackupDestination extends LedgerMutation {
  static override summary = "Say where the customer's monthly copy goes, and send it from then on"
  static override args = {environment: Args.string({description: 'TENANT/production', required: true})}
  static override flags = {
    to: Flags.string({description: 'ftps:// or sftp://ACCOUNT@HOST/FOLDER', helpValue: 'ADDRESS', exclusive: ['end']}),
    'password-file': Flags.string({description: 'the password, in a file of your own', helpValue: 'FILE'}),
    'key-file': Flags.string({description: 'an SSH key instead of a password', helpValue: 'FILE'}),
    'host-key': Flags.string({description: 'the key of the SFTP server, as ssh-keyscan prints it', helpValue: 'KEY'}),
    certificate: Flags.string({description: 'the certificate of the FTPS server, PEM', helpValue: 'FILE'}),
    'accepted-by': Flags.string({description: 'the contact who accepts plain FTP', helpValue: 'CONTACT'}),
    end: Flags.boolean({description: 'send no copy any more'}),
  }
  static override examples = [
    "<%= config.bin %> <%= command.id %> acme/production --to sftp://cmc@sftp.acme.test/in --host-key 'ssh-ed25519 AAAA' --password-file pw",
    '<%= config.bin %> <%= command.id %> acme/production --to ftps://cmc@ftp.acme.test/in --certificate ftp.pem --password-file pw',
  ]

  protected override async answer({args, flags, world}: Typed<typeof BackupDestination>) {
    const parts = {ledger: await world.ledger(), secrets: world.secrets}
    const {environment} = args
    if (flags.end) {
      await endDestination(parts, environment)
      return {result: {environment, ended: true}, view: `No copy of ${environment} is sent any more.`}
    }
    const {to, certificate, 'key-file': key, 'password-file': password} = flags
    const file = key ?? password
    if (to === undefined || file === undefined)
      throw new Refusal('input-invalid', 'Where to, or what lets us in, is missing.', {
        remedies: ['--to ADDRESS', '--password-file FILE or --key-file FILE', '--end to send no copy any more'],
      })
    const trust = flags['host-key'] ?? (certificate === undefined ? undefined : readNamed(certificate))
    const secret = new Secret(key === undefined ? readPrivateFile(file).trim() : readPrivateFile(file))
    const wanted = {environment, to, trust, secret, withKey: key !== undefined, plainAcceptedBy: flags['accepted-by']}
    const result = await setDestination(parts, wanted, world.clock.now())
    return {result, view: destinationRows([result])}
  }
}
