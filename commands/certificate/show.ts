import {Args} from '@oclif/core'
import {certificateFields} from '../../src/certificate/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class CertificateShow extends BaseCommand {
  static override summary = 'Show the certificate of a name, with what is served before its root'
  static override args = {name: Args.string({description: 'the host name', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme.selfhelp.example',
    '<%= config.bin %> <%= command.id %> help.acme.example --json',
  ]

  protected override async answer({args, world}: Typed<typeof CertificateShow>) {
    const [{showCertificate}, ledger] = await Promise.all([import('../../src/certificate/list.ts'), world.ledger()])
    const result = await showCertificate(ledger, args.name.toLowerCase())
    return {result, view: certificateFields(result)}
  }
}
