import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../../src/cli/base.ts'
import {reasonRequired} from '../../../src/cli/flags.ts'
import {waveView} from '../../../src/migration/view-wave.ts'

export default class MigrationWaveResume extends LedgerMutation {
  static override summary = 'Let a wave go on that was paused, or halted by a failure'
  static override args = {wave: Args.string({description: 'as `migration wave list` names it', required: true})}
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> wk3x9ab --reason "the first one was looked at"',
    '<%= config.bin %> <%= command.id %> wk3x9ab --reason SELF-812 --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MigrationWaveResume>) {
    const {turnWave} = await import('../../../src/migration/wave.ts')
    const turned = {id: args.wave, state: 'running', why: flags.reason ?? ''} as const
    const result = await turnWave(await world.ledger(), turned)
    return {result, view: waveView(result)}
  }
}
