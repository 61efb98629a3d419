import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {fleetFlags, planFlag, runFlags} from '../../src/cli/flags.ts'
import {runsOf} from '../../src/cli/runs.ts'
import {applierOf} from '../../src/host/applier.ts'
import {hostChanges} from '../../src/host/apply.ts'
import {applyHosts} from '../../src/host/apply-all.ts'
import {bookOf} from '../../src/host/list.ts'
import {meant, rememberFailed} from '../../src/host/meant.ts'
import {planHosts} from '../../src/host/plan.ts'
import {appliedRows, forecastText} from '../../src/host/view.ts'
import {environmentsOn} from '../../src/ledger/host.ts'
import {quietly} from '../../src/terminal/progress.ts'

export default class HostApply extends Mutation {
  static override summary = 'Make hosts as they are wanted; those that are so already are left alone'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts; or --site, --role, --all'})}
  static override flags = {
    ...fleetFlags,
    ...planFlag,
    wait: runFlags.wait,
    change: Flags.option({description: 'what it is to the calendar; configuration', options: hostChanges})(),
    expect: Flags.string({description: 'refuse when the plan is no longer this one', helpValue: 'HASH'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> --all --reason "quarterly baseline"',
    '<%= config.bin %> <%= command.id %> --only failed',
  ]

  protected override async answer({flags, words, world, request}: Typed<typeof HostApply>) {
    const ledger = await world.ledger()
    const {hosts, pace} = await meant(ledger, {names: words, flags}, 900)
    const host = {book: bookOf(ledger), ways: await world.ways()}
    if (flags.plan) {
      const result = await planHosts(host, hosts, pace)
      return {result, view: forecastText(result)}
    }
    await using runs = runsOf(hosts.length === 1 ? world : {...world, progress: quietly})
    const result = await applyHosts(host, applierOf(host, runs, {request, wait: flags.wait}), {
      ...{hosts, pace, expect: flags.expect, change: flags.change, progress: world.progress},
      environmentsOn: name => environmentsOn(ledger, name),
    })
    await rememberFailed(ledger, result.items)
    const failed = result.items.some(({ok}) => !ok)
    return {result, view: appliedRows(result), ...(failed ? {exit: 'partial' as const} : {})}
  }
}
