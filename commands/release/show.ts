import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showRelease} from '../../src/release/list.ts'
import {releaseFields} from '../../src/release/view.ts'

export default class ReleaseShow extends BaseCommand {
  static override summary = 'Show a release: its archives, schema levels and what they hold'
  static override args = {version: Args.string({description: 'the version', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> 0.1.0',
    '<%= config.bin %> <%= command.id %> 0.1.0 --json',
  ]

  protected override async answer({args, world}: Typed<typeof ReleaseShow>) {
    const result = await showRelease(await world.ledger(), args.version)
    return {result, view: releaseFields(result)}
  }
}
