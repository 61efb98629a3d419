import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {mutationFlags, planFlag} from '../../src/cli/flags.ts'
import {instantOf} from '../../src/cli/time.ts'
import {restored, restorePlanned} from '../../src/safekeeping/view.ts'

export default class LedgerRestore extends BaseCommand {
  static override summary = 'Make a lost control plane again in an empty SELFHELP_HOME'
  static override description =
    'From the kit, which lies in recovery/ and beside the backups, and a recovery key, whose public half was given to init. Runs that were under way then are stopped, and hosts refuse the control plane that was lost.'
  static override baseFlags = mutationFlags
  static override flags = {
    kit: Flags.string({description: 'ledger-kit.json', helpValue: 'FILE', required: true}),
    'recovery-key': Flags.string({
      description: 'the private half of a recovery key, in PEM',
      helpValue: 'FILE',
      exclusive: ['key-file'],
    }),
    'key-file': Flags.string({description: 'the key-encryption key, where it was not lost', helpValue: 'FILE'}),
    at: Flags.string({description: 'the moment to go back to; all there is when left out', helpValue: 'TIME'}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --kit ledger-kit.json --recovery-key recovery.pem',
    '<%= config.bin %> <%= command.id %> --kit ledger-kit.json --key-file key-encryption-key --at 2026-11-22T13:30:00Z',
  ]

  protected override async answer({flags, world, request}: Typed<typeof LedgerRestore>) {
    const [{restoreLedger}, {parseKit}, {sshWays}, {readNamed}] = await Promise.all([
      import('../../src/safekeeping/restore.ts'),
      import('../../src/safekeeping/kit.ts'),
      import('../../src/host/ssh-ways.ts'),
      import('../../src/secret/private-file.ts'),
    ])
    const {home, env, clock} = world
    const at = flags.at === undefined ? undefined : instantOf(flags.at)
    if (flags.plan)
      return restorePlanned({
        home,
        from: parseKit(readNamed(flags.kit), flags.kit).repository,
        at: at?.toString(),
      })
    const part = world.progress.part('the ledger')
    const result = await restoreLedger({
      ...{home, env, clock, kit: flags.kit, at, request},
      ...{recoveryKey: flags['recovery-key'], keyFile: flags['key-file'], operatorKey: flags['operator-key']},
      ways: key => sshWays(key),
      tell: text => part.at(text),
    })
    part.done()
    return {result, view: restored(result)}
  }
}
