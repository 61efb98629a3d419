import {Args, Flags} from '@oclif/core'
import {scanRows} from '../../../src/certificate/view.ts'
import {Mutation, type Typed} from '../../../src/cli/base.ts'
import {planFlag, runFlags} from '../../../src/cli/flags.ts'
import {runsOf} from '../../../src/cli/runs.ts'
import {applierOf} from '../../../src/host/applier.ts'
import {bookOf} from '../../../src/host/list.ts'
import {rememberFailed} from '../../../src/host/meant.ts'
import {edges, planPolicy, setPolicy} from '../../../src/host/policy.ts'
import {appliedRows, forecastText} from '../../../src/host/view.ts'
import {environmentsOn} from '../../../src/ledger/host.ts'
import {quietly} from '../../../src/terminal/progress.ts'
import {policyNamed} from '../../../src/tls/list.ts'

export default class TlsPolicySet extends Mutation {
  static override summary = 'Have every edge offer what a policy says, then scan them from outside'
  static override description = 'Exit 5 when an edge could not be changed, or offers anything else afterwards.'
  static override args = {policy: Args.string({description: 'the policy', required: true})}
  static override flags = {
    ...planFlag,
    wait: runFlags.wait,
    probe: Flags.string({description: 'the probe point to scan from; the first when left out', helpValue: 'NAME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> modern --plan',
    '<%= config.bin %> <%= command.id %> intermediate --reason "a customer still has browsers of 2017"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof TlsPolicySet>) {
    const name = policyNamed(args.policy)
    const ledger = await world.ledger()
    const host = {book: bookOf(ledger), ways: await world.ways()}
    const all = {hosts: await edges(ledger), pace: {parallel: 16, perSite: 8, deadline: 900_000}}
    if (flags.plan) {
      const result = {policy: name, edges: await planPolicy(host, name, all)}
      return {result, view: forecastText(result.edges)}
    }
    const {outsideAt, probeNamed} = await import('../../../src/probe/steps.ts')
    const probe = await probeNamed(ledger, flags.probe)
    await using runs = runsOf({...world, progress: quietly})
    const run = applierOf(host, runs, {request, wait: flags.wait})
    const named = (edge: string) => environmentsOn(ledger, edge)
    const everywhere = {...all, progress: world.progress, environmentsOn: named}
    const applied = await setPolicy({ledger, world: host, run}, name, everywhere)
    await rememberFailed(ledger, applied.items)
    const [{scanEnvironments}, {policies}] = await Promise.all([
      import('../../../src/certificate/scan.ts'),
      import('../../../src/tls/steps.ts'),
    ])
    const outside = outsideAt(probe)
    const scan = await scanEnvironments({ledger, clock: world.clock, outside, policy: policies[name]}, [])
    const failed = applied.items.some(({ok}) => !ok) || scan.findings > 0
    const view = [appliedRows(applied), scanRows(scan)]
    return {result: {policy: name, edges: applied, scan}, view, ...(failed ? {exit: 'partial' as const} : {})}
  }
}
