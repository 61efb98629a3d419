import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../../src/cli/base.ts'
import {waveView} from '../../../src/migration/view-wave.ts'

export default class MigrationWaveShow extends BaseCommand {
  static override summary = 'Show a wave: whose turn it is, and how far each tenant is'
  static override args = {wave: Args.string({description: 'as `migration wave list` names it', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> wk3x9ab',
    '<%= config.bin %> <%= command.id %> wk3x9ab --json',
  ]

  protected override async answer({args, world}: Typed<typeof MigrationWaveShow>) {
    const {showWave} = await import('../../../src/migration/wave.ts')
    const result = await showWave(await world.ledger(), args.wave)
    return {result, view: waveView(result)}
  }
}
