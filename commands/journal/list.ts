import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {instantOf} from '../../src/cli/time.ts'
import {listJournal} from '../../src/journal/list.ts'
import {journalRows} from '../../src/journal/view.ts'

export default class JournalList extends BaseCommand {
  static override summary = 'Show who did what, and what came of it; the newest first'
  static override flags = {
    tenant: Flags.string({description: 'of this tenant only', helpValue: 'NAME'}),
    since: Flags.string({description: 'from this time on', helpValue: 'TIME'}),
    before: Flags.integer({description: 'older than this entry', helpValue: 'ENTRY', min: 1}),
    limit: Flags.integer({description: 'how many', default: 50, min: 1, max: 10_000}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --tenant acme --limit 20',
    '<%= config.bin %> <%= command.id %> --since "2026-11-17 08:00 Europe/Paris" --json',
  ]

  protected override async answer({flags, world}: Typed<typeof JournalList>) {
    const {tenant, since, before, limit} = flags
    const from = since === undefined ? undefined : instantOf(since)
    const result = await listJournal(await world.ledger(), {tenant, since: from, before, limit})
    return {result, view: journalRows(result)}
  }
}
