import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {releaseFields} from '../../src/release/view.ts'
import {withdraw} from '../../src/release/withdraw.ts'

export default class ReleaseWithdraw extends LedgerMutation {
  static override summary = 'Bring no platform to a version any more; what runs it goes on'
  static override args = {version: Args.string({description: 'the release', required: true})}
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> 0.4.0 --reason "its migration fails on feedback of 0.1"',
    '<%= config.bin %> <%= command.id %> 0.4.0 --reason "SELF-812" --json',
  ]

  protected override async answer({args, flags, world, signed}: Typed<typeof ReleaseWithdraw>) {
    const about = {
      version: args.version,
      why: flags.reason ?? '',
      operator: signed?.operator ?? '',
      at: world.clock.now(),
    }
    const result = await withdraw(await world.ledger(), about)
    return {result, view: releaseFields(result)}
  }
}
