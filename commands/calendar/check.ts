import {Args, Flags} from '@oclif/core'
import {checkChange, knownOf} from '../../src/calendar/check.ts'
import {changeTypes} from '../../src/calendar/model.ts'
import {checkedView} from '../../src/calendar/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {instantOf, minutesOf} from '../../src/cli/time.ts'
import {exits} from '../../src/error.ts'

export default class CalendarCheck extends BaseCommand {
  static override summary = 'Say whether a change may run then, why not, and when it may'
  static override description =
    'Exit 3 when it is refused, or needs somebody. A notice that can still be sent in time, and a trial on another environment, are conditions: they must be met when it starts.'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {
    change: Flags.option({description: 'the type of the change', options: changeTypes, required: true})(),
    at: Flags.string({description: 'when, with its zone; now when left out', helpValue: 'TIME'}),
    duration: Flags.string({description: 'how long it takes, as in 40m or PT2H', helpValue: 'TIME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production --change os-patch --at "2026-12-29 23:00 Europe/Paris"',
    '<%= config.bin %> <%= command.id %> acme/production --change configuration --duration 40m',
  ]

  protected override async answer({args, flags, world}: Typed<typeof CalendarCheck>) {
    const {environment} = args
    const ledger = await world.ledger()
    const now = world.clock.now()
    const at = flags.at === undefined ? undefined : instantOf(flags.at)
    const minutes = flags.duration === undefined ? undefined : minutesOf(flags.duration)
    const result = await checkChange(ledger, now, {environment, change: flags.change, at, minutes})
    const {zone} = await knownOf(ledger, now, environment)
    const view = checkedView(result, zone.name)
    return {result, view, ...(result.verdict === 'allowed' ? {} : {exit: exits.refused})}
  }
}
