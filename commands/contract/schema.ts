import {BaseCommand} from '../../src/cli/base.ts'

export default class ContractSchema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a contract, for editors'
  static override examples = [
    '<%= config.bin %> <%= command.id %> > contract.schema.json',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  protected override async answer() {
    const {contractJsonSchema} = await import('../../src/contract/schema.ts')
    const schema = contractJsonSchema()
    return {result: schema, view: JSON.stringify(schema, undefined, 2)}
  }
}
