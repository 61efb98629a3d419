import {Args, Flags} from '@oclif/core'
import {lifeDone, lifePlanned, lifeQueued} from '../../src/certificate/life-view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

export default class CertificateIssue extends Mutation {
  static override summary = 'Have an authority issue a certificate for a name, and serve it on every edge'
  static override description =
    'Proven by a handshake with each edge from outside, as `certificate install` does. The key is new each time.'
  static override args = {target: Args.string({description: 'TENANT, or TENANT/ENVIRONMENT', required: true})}
  static override flags = {
    host: Flags.string({description: 'the name; the first page of the environment when left out', helpValue: 'NAME'}),
    by: Flags.option({
      description: 'the authority: the one that was set, or our own for names below the base domain',
      options: ['acme', 'internal'] as const,
    })(),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --host help.acme.example',
    '<%= config.bin %> <%= command.id %> acme/qualification --by internal',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof CertificateIssue>) {
    const {beginIssue, buildCertificateIssue, deliveryOf} = await import('../../src/certificate/commands.ts')
    const ledger = await world.ledger()
    const runbook = await buildCertificateIssue(world)
    const input = await beginIssue(ledger, {target: args.target, hostname: flags.host, by: flags.by})
    if (flags.plan) return lifePlanned(input, runbook.steps(input))
    const run = await executeRun(world, {runbook, input, request, ...flags})
    return flags.detach ? lifeQueued(run) : lifeDone(await deliveryOf(ledger, input), run.run)
  }
}
