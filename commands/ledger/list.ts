import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {backupRows} from '../../src/safekeeping/view.ts'

export default class LedgerList extends BaseCommand {
  static override summary = 'The backups of the ledger itself, where they are kept, and their proof'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof LedgerList>) {
    const {ledgerBackups} = await import('../../src/safekeeping/list.ts')
    const {home, env} = world
    const result = await ledgerBackups({ledger: await world.ledger(), home, env})
    return {result, view: backupRows(result)}
  }
}
