import {BaseCommand, type Typed} from '../../../src/cli/base.ts'
import {waveRows} from '../../../src/migration/view-wave.ts'

export default class MigrationWaveList extends BaseCommand {
  static override summary = 'List the waves that bring many tenants to a version'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof MigrationWaveList>) {
    const {listWaves} = await import('../../../src/migration/wave.ts')
    const result = await listWaves(await world.ledger())
    return {result, view: waveRows(result.items)}
  }
}
