import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {whichHosts} from '../../src/cli/flags.ts'
import {showHosts} from '../../src/host/list.ts'
import {hostsInFull} from '../../src/host/view.ts'

export default class HostShow extends BaseCommand {
  static override summary = 'Show hosts: what each is, its pinned key, the environments on it'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts, also retired ones; or --site, --role, --all'})}
  static override flags = whichHosts
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> --site north --json',
  ]

  protected override async answer({words, flags: {site, role, all}, world}: Typed<typeof HostShow>) {
    const result = await showHosts(await world.ledger(), {names: words, site, role, all})
    return {result, view: hostsInFull(result.items)}
  }
}
