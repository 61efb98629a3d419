import {Args, Flags} from '@oclif/core'
import {statusView} from '../../src/backup/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class BackupStatus extends BaseCommand {
  static override summary = 'Say whether backups are as promised; exit 5 when any is late or broken'
  static override strict = false
  static override args = {environment: Args.string({description: 'TENANT/NAME, any number; all when left out'})}
  static override flags = {all: Flags.boolean({description: 'every environment that is backed up'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> --all',
    '<%= config.bin %> <%= command.id %> acme/production --json',
  ]

  protected override async answer({words, world}: Typed<typeof BackupStatus>) {
    const [{examine}, {platformOf}] = await Promise.all([
      import('../../src/backup/status.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const items = (await examine(await platformOf(world), words)).map(({status}) => status)
    const wrong = items.some(({state}) => state === 'late' || state === 'broken')
    return {result: {items}, view: statusView(items), ...(wrong ? {exit: 'partial' as const} : {})}
  }
}
