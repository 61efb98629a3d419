import {Args} from '@oclif/core'
import {setRows} from '../../src/backup/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class BackupList extends BaseCommand {
  static override summary = 'List the backups of an environment, the oldest first'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --json',
  ]

  protected override async answer({args, world}: Typed<typeof BackupList>) {
    const [{listBackups}, {platformOf}] = await Promise.all([
      import('../../src/backup/list.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const result = await listBackups(await platformOf(world), args.environment)
    return {result, view: setRows({sets: result.items})}
  }
}
