import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {asked} from '../../src/cli/confirm.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {hostAdd} from '../../src/host/add.ts'
import {readIdentity, requestedHost, stillHolds} from '../../src/host/adopt.ts'
import {foresee} from '../../src/host/foresee.ts'
import {hostAddWorld} from '../../src/host/register.ts'
import {hostAdded, planText} from '../../src/host/view.ts'

export default class HostAdd extends Mutation {
  static override summary = 'Adopt a Debian machine: look at it, make our own account, record it'
  static override args = {name: Args.string({description: 'what to call it', required: true})}
  static override flags = {
    address: Flags.string({description: 'where it is', helpValue: 'ADDRESS', required: true}),
    site: Flags.string({description: 'the site it stands on', helpValue: 'SITE', required: true}),
    role: Flags.string({description: 'what it is for', helpValue: 'ROLE', multiple: true, required: true}),
    'bootstrap-user': Flags.string({description: 'who is let in the first time', default: 'root'}),
    identity: Flags.string({description: "that account's private key; read once, kept nowhere", helpValue: 'FILE'}),
    'host-key': Flags.string({description: 'the key it must show', helpValue: "'ssh-ed25519 AAAA…'"}),
    'host-key-fingerprint': Flags.string({
      description: 'or the fingerprint of that key',
      helpValue: 'SHA256:…',
      exclusive: ['host-key'],
    }),
    'control-network': Flags.string({
      description: 'from where we reach it; measured when left out',
      helpValue: 'CIDR',
      multiple: true,
    }),
    ...planFlag,
    wait: runFlags.wait,
  }
  static override examples = [
    "<%= config.bin %> <%= command.id %> north-1 --address 10.0.1.11 --site north --role edge --role database --identity ~/.ssh/id_ed25519 --host-key 'ssh-ed25519 AAAA…'",
    '<%= config.bin %> <%= command.id %> south-1 --address 10.0.2.11 --site south --role repository --bootstrap-user admin --identity key',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof HostAdd>) {
    const key = flags.identity === undefined ? undefined : await readIdentity(flags.identity)
    const [ledger, deps] = [await world.ledger(), await hostAddWorld(world)]
    const ask = async (shown: string) => {
      world.streams.err.write(`${args.name} shows the key ${shown}\n`)
      const message = 'Type that fingerprint, as the machine itself shows it:'
      return asked({message, flag: '--host-key-fingerprint SHA256:…'}, world.streams)
    }
    const typed = {...flags, name: args.name, networks: flags['control-network'] ?? []}
    const input = await requestedHost({ledger, ways: deps.ways}, typed, ask)
    if (await stillHolds({ledger, ways: deps.ways}, input))
      return {result: {...input, changed: false}, view: hostAdded(input, false)}
    const bootstrap = {user: input.bootstrapUser, key: key ?? (await readIdentity(undefined))}
    if (flags.plan) {
      const result = await foresee(deps, input, bootstrap)
      return {result, view: planText([result])}
    }
    const {run} = await executeRun(world, {runbook: hostAdd({...deps, bootstrap}), input, request, wait: flags.wait})
    return {result: {...input, changed: true, run}, view: hostAdded(input, true)}
  }
}
