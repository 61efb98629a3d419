import {Args, Flags} from '@oclif/core'
import {announceRelease} from '../../src/announcement/announce.ts'
import {announcedView} from '../../src/announcement/view.ts'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'

export default class ReleaseAnnounce extends LedgerMutation {
  static override summary = 'Tell each tenant with an older version what a new one brings, once'
  static override args = {version: Args.string({description: 'the release', required: true})}
  static override flags = {
    'on-premise': Flags.string({description: 'the day customers could install it themselves', helpValue: 'YYYY-MM-DD'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> 0.2.0',
    '<%= config.bin %> <%= command.id %> 0.2.0 --on-premise 2026-11-16 --json',
  ]

  protected override async answer({args, flags, world, signed}: Typed<typeof ReleaseAnnounce>) {
    const about = {version: args.version, onPremise: flags['on-premise'], operator: signed?.operator ?? ''}
    const result = await announceRelease(await world.ledger(), world.clock.now(), about)
    const failed = result.items.some(({trouble}) => trouble !== undefined)
    return {result, view: announcedView(result), ...(failed ? {exit: 'partial' as const} : {})}
  }
}
