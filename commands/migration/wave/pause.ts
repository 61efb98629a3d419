import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../../src/cli/base.ts'
import {reasonRequired} from '../../../src/cli/flags.ts'
import {waveView} from '../../../src/migration/view-wave.ts'

export default class MigrationWavePause extends LedgerMutation {
  static override summary = 'Let nobody else of a wave into production until it is resumed'
  static override args = {wave: Args.string({description: 'as `migration wave list` names it', required: true})}
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> wk3x9ab --reason "the first one was looked at"',
    '<%= config.bin %> <%= command.id %> wk3x9ab --reason SELF-812 --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MigrationWavePause>) {
    const {turnWave} = await import('../../../src/migration/wave.ts')
    const turned = {id: args.wave, state: 'paused', why: flags.reason ?? ''} as const
    const result = await turnWave(await world.ledger(), turned)
    return {result, view: waveView(result)}
  }
}
