import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {monthTyped, showBudgets} from '../../src/maintenance/list.ts'
import {budgetRows} from '../../src/maintenance/view.ts'

export default class MaintenanceBudget extends BaseCommand {
  static override summary = "Show a month's maintenance beside what the contract promises"
  static override args = {tenant: Args.string({description: 'only this tenant'})}
  static override flags = {
    month: Flags.string({description: 'which month; this one when left out', helpValue: 'YYYY-MM'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --month 2026-11',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MaintenanceBudget>) {
    const at = flags.month === undefined ? undefined : monthTyped(flags.month)
    const result = await showBudgets(await world.ledger(), world.clock.now(), {tenant: args.tenant, at})
    return {result, view: budgetRows(result.items)}
  }
}
