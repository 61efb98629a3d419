import {Args, Flags} from '@oclif/core'
import {lifeDone, lifePlanned, lifeQueued} from '../../src/certificate/life-view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

export default class CertificateInstall extends Mutation {
  static override summary = "Serve a customer's certificate on every edge, proven from outside"
  static override description =
    'Judged by every rule first. When one edge serves anything else, the certificate before is back everywhere. An edge that is down gets it later: exit 5, and a finding stays open.'
  static override args = {target: Args.string({description: 'TENANT, or TENANT/ENVIRONMENT', required: true})}
  static override flags = {
    host: Flags.string({description: 'the name it is for', helpValue: 'NAME', required: true}),
    cert: Flags.string({
      description: 'certificate and chain, in one file or several',
      helpValue: 'FILE',
      multiple: true,
      required: true,
    }),
    key: Flags.string({description: 'the private key, when it is in a file of its own', helpValue: 'FILE'}),
    'password-stdin': Flags.boolean({description: 'read the password of key or PKCS#12 from stdin'}),
    root: Flags.string({
      description: 'roots the contract trusts besides public ones',
      helpValue: 'FILE',
      multiple: true,
    }),
    derogation: Flags.string({description: 'who answers for renewing one that ends too early', helpValue: 'OWNER'}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --host help.acme.example --cert acme.pem --key acme.key',
    '<%= config.bin %> <%= command.id %> acme/production --host help.acme.example --cert acme.p12 --password-stdin',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof CertificateInstall>) {
    const {beginInstall, beginningOf, buildCertificateInstall, deliveryOf, sealKey} = await import(
      '../../src/certificate/commands.ts'
    )
    const {passwordOf} = await import('../../src/cli/password.ts')
    const password = flags['password-stdin'] ? await passwordOf(world.streams) : undefined
    const files = [...flags.cert, ...(flags.key === undefined ? [] : [flags.key])]
    const {host: hostname, root: roots = [], derogation} = flags
    const typed = {target: args.target, hostname, files, password, roots, derogation}
    const [beginning, runbook] = await Promise.all([beginningOf(world), buildCertificateInstall(world)])
    const begun = await beginInstall(beginning, typed)
    const {input} = begun
    if (flags.plan) return lifePlanned(begun.served ? undefined : input, begun.served ? [] : runbook.steps(input))
    if (begun.served) return lifeDone(await deliveryOf(beginning.ledger, input), undefined)
    await sealKey(beginning, begun)
    const signed = {...request, input: {...request.input, fingerprint: input.brought.fingerprint}}
    const run = await executeRun(world, {runbook, input, request: signed, ...flags})
    if (flags.detach) return lifeQueued(run)
    return lifeDone(await deliveryOf(beginning.ledger, input), run.run)
  }
}
