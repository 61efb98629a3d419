import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {assertReason, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {tenantQueued} from '../../src/tenant/view.ts'
import {contractUpdated} from '../../src/tenant/view-amendment.ts'

export default class ContractUpdate extends Mutation {
  static override summary = 'Give a tenant a changed contract, shown field by field'
  static override description =
    'Refused, with every reason at once, where what stands cannot follow: another label, an environment that would no longer be subscribed, a place outside the countries allowed. Environments newly subscribed are made afterwards by `environment add`.'
  static override args = {tenant: Args.string({description: 'the tenant', required: true})}
  static override flags = {
    contract: Flags.string({description: 'the whole contract as it is to be, YAML', helpValue: 'FILE', required: true}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --contract acme.yaml --plan',
    '<%= config.bin %> <%= command.id %> acme --contract acme.yaml --reason "amendment 2, signed 2027-01-12"',
  ]

  /** It belongs to the tenant's chain. */
  protected override about({args}: {args: Readonly<Record<string, unknown>>}) {
    const tenant = String(args.tenant)
    return {subject: tenant, tenant: /^[a-z][a-z0-9-]{1,23}$/.test(tenant) ? tenant : undefined}
  }

  protected override async answer({args, flags, world, request}: Typed<typeof ContractUpdate>) {
    assertReason(flags)
    const [{readyToAmend}, {buildContractUpdate}] = await Promise.all([
      import('../../src/tenant/amend.ts'),
      import('../../src/tenant/register.ts'),
    ])
    const ledger = await world.ledger()
    const typed = {tenant: args.tenant, file: flags.contract}
    const {amendment, input} = await readyToAmend({ledger, clock: world.clock}, typed)
    const runbook = await buildContractUpdate(world)
    if (flags.plan) return contractUpdated(amendment, {steps: input ? runbook.steps(input) : []})
    // What is signed is what it was and what it becomes; the file's name says nothing tomorrow.
    const signed = {...request, input: {...request.input, ...input}}
    const run = input && (await executeRun(world, {runbook, input, request: signed, ...flags}))
    return run && flags.detach ? tenantQueued(run) : contractUpdated(amendment, {run: run?.run})
  }
}
