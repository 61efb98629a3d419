import {Args, Flags} from '@oclif/core'
import {changeTypes} from '../../src/calendar/model.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {instantOf, minutesOf} from '../../src/cli/time.ts'
import {meantEnvironments} from '../../src/maintenance/meant.ts'
import {foreseen, planMaintenance} from '../../src/maintenance/plan.ts'
import {plannedView} from '../../src/maintenance/view.ts'

export default class MaintenancePlan extends Mutation {
  static override summary = 'Plan maintenance in the least active slot, or at a time, and write the notices'
  static override description =
    'Without --at, of all slots the calendar allows in three weeks the one with fewest requests. A time outside the ranges is refused.'
  static override args = {environment: Args.string({description: 'TENANT/NAME; or --host, --site'})}
  static override flags = {
    host: Flags.string({description: 'every environment on this host', helpValue: 'HOST'}),
    site: Flags.string({description: 'every environment on this site', helpValue: 'SITE'}),
    change: Flags.option({description: 'the type of the change', options: changeTypes, required: true})(),
    duration: Flags.string({
      description: 'how long users may be shut out, as in 40m',
      helpValue: 'TIME',
      required: true,
    }),
    at: Flags.string({description: 'when, with its zone', helpValue: 'TIME'}),
    what: Flags.string({description: 'what is done, as contacts read it', helpValue: 'TEXT'}),
    'no-test-env': Flags.boolean({
      description: 'no trial on another environment; --reason says why',
      dependsOn: ['reason'],
    }),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production --change os-patch --duration 40m --what "security updates of the system"',
    '<%= config.bin %> <%= command.id %> --host north-1 --change configuration --duration 20m --at "2026-11-28 22:00 Europe/Paris" --plan',
  ]

  protected override about({
    args,
    flags,
  }: {
    args: Readonly<Record<string, unknown>>
    flags: Readonly<Record<string, unknown>>
  }) {
    const subject = String(args.environment ?? flags.host ?? flags.site ?? 'maintenance')
    return {subject, tenant: /^[a-z][a-z0-9-]{1,23}(?=\/)/.exec(subject)?.[0]}
  }

  protected override async answer({args, flags, world, signed}: Typed<typeof MaintenancePlan>) {
    const ledger = await world.ledger()
    const {change, reason, ticket} = flags
    const environments = await meantEnvironments(ledger, {...flags, ...args})
    const wanted = {
      ...{environments, change, minutes: minutesOf(flags.duration), what: flags.what ?? change, reason, ticket},
      ...{at: flags.at === undefined ? undefined : instantOf(flags.at), operator: signed?.operator ?? 'nobody yet'},
      ...{waiver: flags['no-test-env'] ? reason : undefined, host: flags.host},
    }
    const result = await (flags.plan ? foreseen : planMaintenance)(ledger, world.clock.now(), wanted)
    return {result, view: plannedView(result)}
  }
}
