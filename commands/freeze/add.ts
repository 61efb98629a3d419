import {Args, Flags} from '@oclif/core'
import {addFreeze} from '../../src/calendar/freezing.ts'
import {freezeLine} from '../../src/calendar/view.ts'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {instantOf} from '../../src/cli/time.ts'
import {Refusal} from '../../src/error.ts'

export default class FreezeAdd extends LedgerMutation {
  static override summary = 'Declare a freeze: of a customer for their platform, or of every production'
  static override args = {tenant: Args.string({description: 'the tenant; or --all'})}
  static override flags = {
    ...reasonRequired,
    all: Flags.boolean({description: 'every production platform: a lock of the CMC'}),
    from: Flags.string({description: 'its begin, with its zone', helpValue: 'TIME', required: true}),
    until: Flags.string({description: 'its end, not included', helpValue: 'TIME', required: true}),
    by: Flags.string({description: 'the contact who asked for it', helpValue: 'CONTACT'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --from "2027-03-01 00:00 Europe/Paris" --until "2027-03-15 00:00 Europe/Paris" --by jdoe --reason "closing of the year"',
    '<%= config.bin %> <%= command.id %> --all --from 2027-02-01T00:00:00Z --until 2027-02-03T00:00:00Z --reason "incident at the storage"',
  ]

  protected override about({args}: {args: Readonly<Record<string, unknown>>}) {
    const tenant = typeof args.tenant === 'string' ? args.tenant : undefined
    return {subject: tenant ?? 'every production', tenant}
  }

  protected override async answer({args, flags, world, signed}: Typed<typeof FreezeAdd>) {
    if ((args.tenant === undefined) !== (flags.all === true)) {
      throw new Refusal('input-invalid', 'Name a tenant, or say --all.', {remedies: ['selfhelp freeze add --help']})
    }
    const result = await addFreeze(await world.ledger(), world.clock.now(), {
      ...{tenant: args.tenant, from: instantOf(flags.from), until: instantOf(flags.until), by: flags.by},
      ...{why: flags.reason ?? '', operator: signed?.operator ?? ''},
    })
    return {result, view: freezeLine(result, 'declared')}
  }
}
