import {authorityView} from '../../../src/certificate/life-view.ts'
import {BaseCommand, type Typed} from '../../../src/cli/base.ts'

export default class CertificateAuthorityShow extends BaseCommand {
  static override summary = 'Which authority issues certificates by itself'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof CertificateAuthorityShow>) {
    const {acmeAuthority} = await import('../../../src/certificate/issue.ts')
    return authorityView(await acmeAuthority({secrets: await world.secrets()}))
  }
}
