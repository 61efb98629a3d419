import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../src/cli/base.ts'
import {runArgument} from '../src/cli/flags.ts'
import {runbooksOf} from '../src/cli/runbooks.ts'
import {supportBundle} from '../src/run/bundle.ts'

export default class SupportBundle extends BaseCommand {
  static override summary = 'Gather all that is known of a run into one file for the makers, secrets masked'
  static override args = runArgument
  static override flags = {file: Flags.string({description: 'where to write it', helpValue: 'FILE.tar.gz'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --file /tmp/stopped.tar.gz --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof SupportBundle>) {
    const {clock, home} = world
    const [ledger, secrets] = await Promise.all([world.ledger(), world.secrets()])
    const needs = {ledger, secrets, clock, home, machine: world.machine, runbooks: runbooksOf(world), file: flags.file}
    const result = await supportBundle(args.run, needs)
    return {result, view: {fields: {file: result.file, bytes: result.bytes, contents: result.contents.join(', ')}}}
  }
}
