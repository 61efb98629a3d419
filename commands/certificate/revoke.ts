import {Args, Flags} from '@oclif/core'
import {lifeDone, lifePlanned, lifeQueued} from '../../src/certificate/life-view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

const codes = {unspecified: 0, 'key-compromise': 1, superseded: 4, 'cessation-of-operation': 5} as const

export default class CertificateRevoke extends Mutation {
  static override summary = 'Serve a name with another certificate and key, then revoke the one it had'
  static override description =
    'A certificate that a customer brought is taken out of service; its own authority is asked by the customer.'
  static override args = {target: Args.string({description: 'TENANT, or TENANT/ENVIRONMENT', required: true})}
  static override flags = {
    host: Flags.string({description: 'the name', helpValue: 'NAME', required: true}),
    because: Flags.option({
      description: 'what the authority is told',
      options: Object.keys(codes) as (keyof typeof codes)[],
      default: 'superseded' as const,
    })(),
    ...confirmFlag,
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --host help.acme.example --because key-compromise',
    '<%= config.bin %> <%= command.id %> acme --host help.acme.example --confirm help.acme.example',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof CertificateRevoke>) {
    const {beginRevoke, buildCertificateRevoke, deliveryOf} = await import('../../src/certificate/commands.ts')
    const ledger = await world.ledger()
    const runbook = await buildCertificateRevoke(world)
    const input = await beginRevoke(ledger, {target: args.target, hostname: flags.host, code: codes[flags.because]})
    if (flags.plan) return lifePlanned(input, runbook.steps(input))
    const warning = `The certificate of ${flags.host} will be revoked: nobody can take that back.`
    await confirmed({name: flags.host, warning, confirm: flags.confirm}, world.streams)
    const run = await executeRun(world, {runbook, input, request, ...flags})
    return flags.detach ? lifeQueued(run) : lifeDone(await deliveryOf(ledger, input), run.run)
  }
}
