import {Args, Flags} from '@oclif/core'
import {Temporal} from 'temporal-polyfill'
import {changeTypes} from '../../src/calendar/model.ts'
import {requestOverride} from '../../src/calendar/overriding.ts'
import {overrideLine} from '../../src/calendar/view.ts'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {instantOf} from '../../src/cli/time.ts'
import {Bug} from '../../src/error.ts'
import {shortId} from '../../src/ledger/short-id.ts'

export default class OverrideRequest extends LedgerMutation {
  static override summary = 'Ask for an exception from a rule; another person must approve it in time'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {
    ...reasonRequired,
    rule: Flags.option({description: 'the rule', options: ['freeze', 'budget', 'rollback'] as const, required: true})(),
    change: Flags.option({description: 'only for this type of change', options: changeTypes})(),
    from: Flags.string({description: 'from when it holds; now when left out', helpValue: 'TIME'}),
    until: Flags.string({description: 'when it ends by itself', helpValue: 'TIME', required: true}),
    'answer-within': Flags.integer({description: 'hours; then it is final', default: 4, min: 1, max: 72}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production --rule freeze --change os-patch --until "2026-12-30 06:00 Europe/Paris" --reason "CVE-2026-1234"',
    '<%= config.bin %> <%= command.id %> acme/production --rule budget --until 2026-11-30T23:00:00Z --reason "asked for by jdoe" --ticket T-42',
  ]

  protected override about({args}: {args: Readonly<Record<string, unknown>>}) {
    const environment = String(args.environment)
    return {subject: environment, tenant: /^[a-z][a-z0-9-]{1,23}(?=\/)/.exec(environment)?.[0]}
  }

  /** What is signed is what will hold, to the second. */
  protected override signs({args, flags, world, request}: Typed<typeof OverrideRequest>) {
    const {rule, change} = flags
    const from = flags.from === undefined ? world.clock.now() : instantOf(flags.from)
    const until = instantOf(flags.until)
    const kept = {from: from.round('millisecond').toString(), until: until.toString()}
    const input = {id: shortId('o'), environment: args.environment, rule, ...(change ? {change} : {}), ...kept}
    return {...request, input}
  }

  protected override async answer({flags, world, signed}: Typed<typeof OverrideRequest>) {
    if (!signed) throw new Bug('an override was asked for by nobody')
    const answerWithin = Temporal.Duration.from({hours: flags['answer-within']})
    const result = await requestOverride(await world.ledger(), {now: world.clock.now(), signed, answerWithin})
    return {result, view: overrideLine(result)}
  }
}
