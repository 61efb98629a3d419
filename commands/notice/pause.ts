import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {Refusal} from '../../src/error.ts'
import {pauseNotices} from '../../src/notice/tell.ts'

export default class NoticePause extends LedgerMutation {
  static override summary = 'Let no notice leave for a tenant, or for all, until it is resumed'
  static override args = {tenant: Args.string({description: 'the tenant; or --all'})}
  static override flags = {
    ...reasonRequired,
    all: Flags.boolean({description: 'all tenants'}),
    resume: Flags.boolean({description: 'end the pause; what waited leaves'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --all --reason "the wave has a wrong date"',
    '<%= config.bin %> <%= command.id %> acme --resume --reason "corrected"',
  ]

  protected override async answer({args, flags, world, signed}: Typed<typeof NoticePause>) {
    if ((args.tenant === undefined) !== (flags.all === true)) {
      throw new Refusal('input-invalid', 'Name a tenant, or say --all.', {remedies: ['selfhelp notice pause --help']})
    }
    const owner = args.tenant ?? 'all'
    const {resume, reason: because = ''} = flags
    const given = {owner, because, operator: signed?.operator ?? '', resume: resume === true}
    const result = await pauseNotices(await world.ledger(), given, world.clock.now())
    return {
      result,
      view: `notices of ${owner === 'all' ? 'all tenants' : owner} are ${result.paused ? 'paused' : 'sent again'}`,
    }
  }
}
