import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {fleetFlags} from '../../src/cli/flags.ts'
import {bookOf} from '../../src/host/list.ts'
import {meant, rememberFailed} from '../../src/host/meant.ts'
import {planHosts} from '../../src/host/plan.ts'
import {driftRows} from '../../src/host/view.ts'
import {fleetProgress} from '../../src/terminal/progress.ts'

export default class HostDrift extends BaseCommand {
  static override summary = 'Count what differs on hosts from what is wanted; exit 5 when anything does'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts; or --site, --role, --all'})}
  static override flags = fleetFlags
  static override examples = [
    '<%= config.bin %> <%= command.id %> --all',
    '<%= config.bin %> <%= command.id %> north-1 --json',
  ]

  protected override async answer({flags, words, world}: Typed<typeof HostDrift>) {
    const ledger = await world.ledger()
    const {hosts, pace} = await meant(ledger, {names: words, flags}, 60)
    const host = {book: bookOf(ledger), ways: await world.ways()}
    const result = await fleetProgress(world.progress, hosts.length, tell => planHosts(host, hosts, {...pace, tell}))
    await rememberFailed(ledger, result.items)
    const drifted = result.items.some(item => !item.ok || item.changes.length > 0)
    return {result, view: driftRows(result), ...(drifted ? {exit: 'partial' as const} : {})}
  }
}
