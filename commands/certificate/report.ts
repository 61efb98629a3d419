import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class CertificateReport extends BaseCommand {
  static override summary = 'Print what was found about TLS as a page for the customer'
  static override description = "One page of HTML, in the customer's language; from the latest scan of each edge."
  static override args = {environment: Args.string({description: 'the environment, TENANT/NAME', required: true})}
  static override flags = {
    out: Flags.string({description: 'write the page there instead', helpValue: 'FILE'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production > acme-tls.html',
    '<%= config.bin %> <%= command.id %> acme/production --out acme-tls.html',
  ]

  protected override async answer({args, flags, world}: Typed<typeof CertificateReport>) {
    const [{report}, {writeWhole}] = await Promise.all([
      import('../../src/certificate/report.ts'),
      import('../../src/secret/private-file.ts'),
    ])
    const result = await report(await world.ledger(), args.environment)
    if (flags.out === undefined) return {result, view: result.html}
    writeWhole(flags.out, result.html, 0o644)
    return {result, view: `the report of ${result.environment} is in ${flags.out}`}
  }
}
