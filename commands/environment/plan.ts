import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {forecastText} from '../../src/environment/view.ts'

export default class EnvironmentPlan extends BaseCommand {
  static override summary = 'Print what would change on the host of an environment; nothing is changed'
  static override strict = false
  static override args = {environment: Args.string({description: 'environments, TENANT/NAME; all when left out'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  protected override async answer({words, world}: Typed<typeof EnvironmentPlan>) {
    const [{planEnvironments}, {platformOf}, {backupsBeside}] = await Promise.all([
      import('../../src/environment/plan.ts'),
      import('../../src/environment/steps.ts'),
      import('../../src/backup/beside.ts'),
    ])
    const platform = await platformOf(world)
    const result = await planEnvironments(platform, words, backupsBeside(platform))
    return {result, view: forecastText(result), ...(result.items.every(({ok}) => ok) ? {} : {exit: 'partial' as const})}
  }
}
