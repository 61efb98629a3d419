import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {verifyJournal} from '../../src/journal/verify.ts'
import {journalVerified} from '../../src/journal/view.ts'

export default class JournalVerify extends BaseCommand {
  static override summary = 'Prove that no entry of the journal was altered or removed'
  static override description =
    'Follows every link, checks signatures, and compares with the heads that were signed outside the database. Exit 5 and the first broken entry otherwise.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof JournalVerify>) {
    const part = world.progress.part('Following the journal')
    const result = await verifyJournal(await world.ledger(), world.home, entries => part.at(`${entries} entries`))
    part.done()
    return {result, view: journalVerified(result), ...(result.broken ? {exit: 'partial' as const} : {})}
  }
}
