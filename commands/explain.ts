import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../src/cli/base.ts'
import {explain} from '../src/explain/explain.ts'
import {codeRows} from '../src/explain/view.ts'

export default class Explain extends BaseCommand {
  static override summary = 'Say what an error code means and which exit it gives'
  static override args = {code: Args.string({description: 'the code; all of them when left out'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> host-key-changed',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  protected override async answer({args}: Typed<typeof Explain>) {
    const result = explain(args.code)
    return {result, view: codeRows(result.items)}
  }
}
