import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag} from '../../src/cli/flags.ts'
import {retire} from '../../src/host/retire.ts'
import {hostRetired} from '../../src/host/view.ts'

export default class HostRetire extends Mutation {
  static override summary = 'Take a host out of service; refused while environments stand on it'
  static override args = {name: Args.string({description: 'the host', required: true})}
  static override flags = {...planFlag, ...confirmFlag}
  static override examples = [
    '<%= config.bin %> <%= command.id %> south-2',
    '<%= config.bin %> <%= command.id %> south-2 --confirm south-2 --reason "machine returned"',
  ]

  protected override async answer({args: {name}, flags, world}: Typed<typeof HostRetire>) {
    const agree = (warning: string) => confirmed({name, warning, confirm: flags.confirm}, world.streams)
    const result = await retire({ledger: await world.ledger(), clock: world.clock}, name, {agree, plan: flags.plan})
    return {result, view: hostRetired(result, flags.plan)}
  }
}
