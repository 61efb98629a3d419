import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag} from '../../src/cli/flags.ts'
import {labDown} from '../../src/lab/down.ts'

export default class LabDown extends BaseCommand {
  static override summary = 'Remove a lab, or the hosts named, and everything it put on this machine'
  static override strict = false
  static override args = {host: Args.string({description: 'hosts to remove; the whole lab when left out'})}
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal',
  ]

  protected override async answer({flags, words, world}: Typed<typeof LabDown>) {
    const result = await labDown(flags.lab, words, world.progress)
    return {result, view: `removed: ${result.removed.join(', ') || 'nothing'}`}
  }
}
