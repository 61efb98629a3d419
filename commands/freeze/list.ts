import {Flags} from '@oclif/core'
import {listFreezes} from '../../src/calendar/freezing.ts'
import {freezeRows} from '../../src/calendar/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class FreezeList extends BaseCommand {
  static override summary = 'List freezes: the annual one, those of customers, those of the CMC'
  static override flags = {
    tenant: Flags.string({description: 'what holds for this tenant, in its zone', helpValue: 'TENANT'}),
    year: Flags.integer({
      description: 'those of this year; without it, what has not ended',
      helpValue: 'YEAR',
      min: 1970,
    }),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --tenant acme --year 2027',
  ]

  protected override async answer({flags, world}: Typed<typeof FreezeList>) {
    const result = await listFreezes(await world.ledger(), world.clock.now(), flags)
    return {result, view: freezeRows(result.items, 'Europe/Paris')}
  }
}
