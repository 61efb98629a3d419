import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {asked, confirmed} from '../../src/cli/confirm.ts'
import {confirmNamesFlag, planFlag, whichHosts} from '../../src/cli/flags.ts'
import {usualPace} from '../../src/host/fleet.ts'
import {selected} from '../../src/host/list.ts'
import {repin} from '../../src/host/repin.ts'
import {repinned} from '../../src/host/view.ts'

export default class HostRepin extends Mutation {
  static override summary = 'Pin other keys for hosts, after their machines were set up anew'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts; or --site, --role, --all'})}
  static override flags = {
    ...whichHosts,
    'host-key': Flags.string({
      description: 'the key it must show from now on; NAME=KEY for several hosts',
      helpValue: "'ssh-ed25519 AAAA…'",
      multiple: true,
    }),
    'host-key-fingerprint': Flags.string({
      description: 'or the fingerprint of that key; NAME=SHA256:… for several hosts',
      helpValue: 'SHA256:…',
      multiple: true,
      exclusive: ['host-key'],
    }),
    ...planFlag,
    ...confirmNamesFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> north-1 --host-key-fingerprint SHA256:… --confirm north-1 --reason "disk replaced"',
  ]

  protected override async answer({words, flags, world}: Typed<typeof HostRepin>) {
    const {plan, confirm, site, role, all, 'host-key': keys = [], 'host-key-fingerprint': fingerprints = []} = flags
    const ledger = await world.ledger()
    const hosts = await selected(ledger, {names: words, site, role, all})
    const message = 'Type that fingerprint, as the machine itself shows it:'
    const ask = async (host: string, shown: string) => {
      world.streams.err.write(`${host} shows the key ${shown}\n`)
      return asked({message, flag: '--host-key-fingerprint SHA256:…'}, world.streams)
    }
    const agree = (name: string, warning: string) => confirmed({name, warning, confirm}, world.streams)
    const ways = await world.ways()
    const anchors = await world.anchors()
    const result = await repin({ledger, anchors, ways, pace: usualPace, ask, agree, plan}, hosts, {keys, fingerprints})
    const failed = result.items.some(({ok}) => !ok)
    return {result, view: repinned(result, plan), ...(failed ? {exit: 'partial' as const} : {})}
  }
}
