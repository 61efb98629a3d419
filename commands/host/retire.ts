import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmNamesFlag, planFlag, whichHosts} from '../../src/cli/flags.ts'
import {named} from '../../src/host/list.ts'
import {retire} from '../../src/host/retire.ts'
import {hostsRetired} from '../../src/host/view.ts'

export default class HostRetire extends Mutation {
  static override summary = 'Take hosts out of service; refused while environments stand on one'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts; or --site, --role, --all'})}
  static override flags = {...whichHosts, ...planFlag, ...confirmNamesFlag}
  static override examples = [
    '<%= config.bin %> <%= command.id %> south-2',
    '<%= config.bin %> <%= command.id %> --site south --confirm south-1,south-2 --reason "site closed"',
  ]

  protected override async answer({words, flags, world}: Typed<typeof HostRetire>) {
    const {plan, confirm, site, role, all} = flags
    const ledger = await world.ledger()
    const agree = (name: string, warning: string) => confirmed({name, warning, confirm}, world.streams)
    const hosts = await named(ledger, {names: words, site, role, all})
    const result = await retire({ledger, clock: world.clock}, hosts, {agree, plan})
    return {result, view: hostsRetired(result, plan)}
  }
}
