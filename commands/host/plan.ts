import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {fleetFlags} from '../../src/cli/flags.ts'
import {bookOf} from '../../src/host/list.ts'
import {meant, rememberFailed} from '../../src/host/meant.ts'
import {planHosts} from '../../src/host/plan.ts'
import {forecastText} from '../../src/host/view.ts'
import {fleetProgress} from '../../src/terminal/progress.ts'

export default class HostPlan extends BaseCommand {
  static override summary = 'Print what would change on hosts; one question to each, nothing changed'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts; or --site, --role, --all'})}
  static override flags = fleetFlags
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]

  protected override async answer({flags, words, world}: Typed<typeof HostPlan>) {
    const ledger = await world.ledger()
    const {hosts, pace} = await meant(ledger, {names: words, flags}, 60)
    const host = {book: bookOf(ledger), ways: await world.ways()}
    const result = await fleetProgress(world.progress, hosts.length, tell => planHosts(host, hosts, {...pace, tell}))
    await rememberFailed(ledger, result.items)
    const failed = result.items.some(({ok}) => !ok)
    return {result, view: forecastText(result), ...(failed ? {exit: 'partial' as const} : {})}
  }
}
