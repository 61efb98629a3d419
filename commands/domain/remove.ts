import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

export default class DomainRemove extends Mutation {
  static override summary = "Take a customer's own name away; ours stays"
  static override description = 'Its certificates and keys go with it.'
  static override args = {name: Args.string({description: 'the name', required: true})}
  static override flags = {...confirmFlag, ...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> help.acme.example',
    '<%= config.bin %> <%= command.id %> help.acme.example --confirm help.acme.example',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof DomainRemove>) {
    const [{beginRemove}, {buildDomainRemove}] = await Promise.all([
      import('../../src/domain/remove.ts'),
      import('../../src/domain/register.ts'),
    ])
    const [runbook, input] = [await buildDomainRemove(world), await beginRemove(await world.ledger(), args.name)]
    const steps = runbook.steps(input).map(({name}) => name)
    if (flags.plan)
      return {result: {...input, steps}, view: {heads: ['what will be true'], rows: steps.map(name => [name])}}
    const warning = `${args.name} will not be served any more; its certificate and key are forgotten.`
    await confirmed({name: args.name, warning, confirm: flags.confirm}, world.streams)
    const run = await executeRun(world, {runbook, input, request, ...flags})
    return {result: {...input, run: run.run}, view: `${args.name} is gone (run ${run.run}).`}
  }
}
