import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {domainAdded} from '../../src/domain/view.ts'

export default class DomainAdd extends Mutation {
  static override summary = "Attach a customer's own name beside ours"
  static override description =
    'Prints the DNS record the customer must create and looks whether it is there: exit 5 until it is, then type it again. Served once the name has a certificate.'
  static override args = {
    target: Args.string({description: 'TENANT, or TENANT/ENVIRONMENT', required: true}),
    name: Args.string({description: 'the name, as its owner writes it', required: true}),
  }
  static override flags = {
    face: Flags.option({
      description: 'what answers there',
      options: ['presentation', 'edition'] as const,
      default: 'presentation' as const,
    })(),
    resolver: Flags.string({description: 'the name server to ask', helpValue: 'ADDRESS'}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme help.acme.example',
    '<%= config.bin %> <%= command.id %> acme/qualification test.acme.example --resolver 192.0.2.53',
  ]

  protected override async answer({args, flags, world}: Typed<typeof DomainAdd>) {
    const {addDomain} = await import('../../src/domain/add.ts')
    const {target, name} = args
    const {face, resolver: server, plan = false} = flags
    const added = await addDomain(
      {ledger: await world.ledger(), clock: world.clock},
      {target, name, face, server, plan},
    )
    return domainAdded(added, plan)
  }
}
