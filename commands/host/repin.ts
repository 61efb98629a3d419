import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {asked, confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag} from '../../src/cli/flags.ts'
import {repin} from '../../src/host/repin.ts'
import {repinned} from '../../src/host/view.ts'

export default class HostRepin extends Mutation {
  static override summary = 'Pin another key for a host, after its machine was set up anew'
  static override args = {name: Args.string({description: 'the host', required: true})}
  static override flags = {
    'host-key': Flags.string({description: 'the key it must show from now on', helpValue: "'ssh-ed25519 AAAA…'"}),
    'host-key-fingerprint': Flags.string({
      description: 'or the fingerprint of that key',
      helpValue: 'SHA256:…',
      exclusive: ['host-key'],
    }),
    ...planFlag,
    ...confirmFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> north-1 --host-key-fingerprint SHA256:… --confirm north-1 --reason "disk replaced"',
  ]

  protected override async answer({args: {name}, flags, world}: Typed<typeof HostRepin>) {
    const typed = {name, hostKey: flags['host-key'], fingerprint: flags['host-key-fingerprint']}
    const result = await repin({ledger: await world.ledger(), ways: await world.ways()}, typed, {
      ask: async shown => {
        world.streams.err.write(`${name} shows the key ${shown}\n`)
        const message = 'Type that fingerprint, as the machine itself shows it:'
        return asked({message, flag: '--host-key-fingerprint SHA256:…'}, world.streams)
      },
      plan: flags.plan,
      agree: warning => confirmed({name, warning, confirm: flags.confirm}, world.streams),
    })
    return {result, view: repinned(result, flags.plan)}
  }
}
