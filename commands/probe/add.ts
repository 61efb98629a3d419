import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {addProbe} from '../../src/probe/list.ts'
import {parseProbe} from '../../src/probe/model.ts'
import {probeAdded} from '../../src/probe/view.ts'

export default class ProbeAdd extends Mutation {
  static override summary = 'Record a point from which the platform is looked at from outside'
  static override args = {name: Args.string({description: 'what to call it', required: true})}
  static override flags = {
    netns: Flags.string({description: 'a network namespace of this machine', helpValue: 'NAME'}),
    ssh: Flags.string({description: 'a machine reached over SSH, known to ssh_config', helpValue: '[USER@]HOST'}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> outside --netns selfhelp-lab-outside',
    '<%= config.bin %> <%= command.id %> paris --ssh probe@probe.example.com',
  ]

  protected override async answer({args, flags, world}: Typed<typeof ProbeAdd>) {
    const result = await addProbe(await world.ledger(), parseProbe({...flags, name: args.name}), flags.plan)
    return {result, view: probeAdded(result, flags.plan)}
  }
}
