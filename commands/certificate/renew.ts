import {Args, Flags} from '@oclif/core'
import {lifeDone, lifePlanned, renewed} from '../../src/certificate/life-view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, waitFlag} from '../../src/cli/flags.ts'
import {executeRun, runsOf} from '../../src/cli/runs.ts'
import {Refusal} from '../../src/error.ts'

export default class CertificateRenew extends Mutation {
  static override summary = 'Renew certificates: one name now, or everything that is due'
  static override description =
    'Due is what has less than a third of its lifetime left, each name at an instant of its own, and what an edge that was away has not got yet. One that fails does not keep the others waiting: exit 5.'
  static override args = {target: Args.string({description: 'TENANT, or TENANT/ENVIRONMENT'})}
  static override flags = {
    due: Flags.boolean({description: 'everything that is due now', exclusive: ['host']}),
    host: Flags.string({description: 'the name', helpValue: 'NAME'}),
    ...planFlag,
    ...waitFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --due --plan',
    '<%= config.bin %> <%= command.id %> acme --host help.acme.example',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof CertificateRenew>) {
    const {beginIssue, buildCertificateIssue, deliveryOf, dueRuns} = await import('../../src/certificate/commands.ts')
    const ledger = await world.ledger()
    if (flags.due) {
      const due = await dueRuns(ledger, world.clock.now())
      if (flags.plan) return renewed(due.map(one => ({due: one})))
      await using runs = runsOf(world)
      const {executeDue} = await import('../../src/certificate/execute-due.ts')
      return renewed(await executeDue(world, due, asked => runs.execute({...asked, request, wait: flags.wait})))
    }
    if (args.target === undefined)
      throw new Refusal('input-invalid', 'Name a tenant, or give --due.', {
        remedies: ['selfhelp certificate renew --due'],
      })
    const runbook = await buildCertificateIssue(world)
    const input = await beginIssue(ledger, {target: args.target, hostname: flags.host})
    if (flags.plan) return lifePlanned(input, runbook.steps(input))
    const run = await executeRun(world, {runbook, input, request, ...flags})
    return lifeDone(await deliveryOf(ledger, input), run.run)
  }
}
