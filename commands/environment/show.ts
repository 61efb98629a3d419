import {join, resolve} from 'node:path'
import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {environmentNamed} from '../../src/environment/list.ts'
import {environmentFields, shownEnvironment} from '../../src/environment/model.ts'

export default class EnvironmentShow extends BaseCommand {
  static override summary = 'Show an environment, where it stands and why, and the curl line that proves it'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/qualification --json',
  ]

  protected override async answer({args, world}: Typed<typeof EnvironmentShow>) {
    const found = await environmentNamed(await world.ledger(), args.environment)
    const result = shownEnvironment(found, join(resolve(world.home), 'ca.pem'))
    return {result, view: environmentFields(result)}
  }
}
