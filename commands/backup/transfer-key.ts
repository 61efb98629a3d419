import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {writeNew} from '../../src/secret/private-file.ts'
import {keyWritten} from '../../src/transfer/view.ts'

export default class BackupTransferKey extends Mutation {
  static override summary = 'Write the key of the monthly copies to a file, for the customer'
  static override args = {environment: Args.string({description: 'TENANT/production', required: true})}
  static override flags = {
    out: Flags.string({description: 'a new file, mode 0600', helpValue: 'FILE', required: true}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production --out acme.key --reason "handed to Jane Doe"',
    '<%= config.bin %> <%= command.id %> acme/production --out acme.key --json',
  ]

  protected override async answer({args: {environment}, flags, world}: Typed<typeof BackupTransferKey>) {
    const [{ordered}, {keyOf}] = await Promise.all([
      import('../../src/transfer/destination.ts'),
      import('../../src/transfer/archive.ts'),
    ])
    const {id} = (await ordered(await world.ledger(), environment)).environment
    if (!flags.plan) writeNew(flags.out, `${(await keyOf({secrets: await world.secrets()}, id)).expose()}\n`)
    return keyWritten(environment, {file: flags.out, plan: flags.plan})
  }
}
