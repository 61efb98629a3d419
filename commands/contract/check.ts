import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {contractView} from '../../src/contract/view.ts'

export default class ContractCheck extends BaseCommand {
  static override summary = 'Read a contract and say everything that is wrong with it'
  static override description = 'A file that is no contract: exit 2. One that a rule of this version refuses: exit 3.'
  static override args = {file: Args.string({description: 'the contract, YAML', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> examples/acme.yaml',
    '<%= config.bin %> <%= command.id %> acme.yaml --json',
  ]

  protected override async answer({args}: Typed<typeof ContractCheck>) {
    const [{contractIn}, {refuseUnbuildable}] = await Promise.all([
      import('../../src/contract/check.ts'),
      import('../../src/environment/name.ts'),
    ])
    const contract = await contractIn(args.file)
    refuseUnbuildable(contract)
    return {result: contract, view: contractView(contract)}
  }
}
