import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {driftRows} from '../../src/environment/view.ts'

export default class EnvironmentDrift extends BaseCommand {
  static override summary = 'Count what differs from what environments want; exit 5 when anything does'
  static override strict = false
  static override args = {environment: Args.string({description: 'environments, TENANT/NAME; all when left out'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  protected override async answer({words, world}: Typed<typeof EnvironmentDrift>) {
    const [{differs, planEnvironments}, {platformOf}, {backupsBeside}] = await Promise.all([
      import('../../src/environment/plan.ts'),
      import('../../src/environment/steps.ts'),
      import('../../src/backup/beside.ts'),
    ])
    const platform = await platformOf(world)
    const result = await planEnvironments(platform, words, backupsBeside(platform))
    return {result, view: driftRows(result), ...(differs(result) ? {exit: 'partial' as const} : {})}
  }
}
