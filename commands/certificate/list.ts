import {Flags} from '@oclif/core'
import {certificateRows} from '../../src/certificate/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {spanOf} from '../../src/cli/time.ts'

export default class CertificateList extends BaseCommand {
  static override summary = 'List the certificates that are served, the first to end first'
  static override flags = {
    expiring: Flags.string({description: 'only those that end within this time: 30d, P30D', helpValue: 'TIME'}),
    limit: Flags.integer({description: 'how many', default: 200, min: 1, max: 100_000}),
    after: Flags.string({description: 'only those behind this name', helpValue: 'NAME'}),
    ics: Flags.boolean({description: 'print ends and renewals of all as a calendar', exclusive: ['json']}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --expiring 30d',
    '<%= config.bin %> <%= command.id %> --ics > certificates.ics',
  ]

  protected override async answer({flags, world}: Typed<typeof CertificateList>) {
    const within = flags.expiring === undefined ? undefined : spanOf(flags.expiring)
    const {clock} = world
    const [{listCertificates}, ledger] = await Promise.all([import('../../src/certificate/list.ts'), world.ledger()])
    const limit = flags.ics ? 100_000 : flags.limit
    const result = await listCertificates({ledger, clock}, {expiring: within, after: flags.after, limit})
    if (!flags.ics) return {result, view: certificateRows(result)}
    const {certificateCalendar} = await import('../../src/certificate/ics.ts')
    return {result, view: {ics: certificateCalendar(result.items, clock.now())}}
  }
}
