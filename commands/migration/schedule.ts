import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {instantOf, minutesOf} from '../../src/cli/time.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationSchedule extends LedgerMutation {
  static override summary = 'Set a date for qualification, or propose one for production'
  static override description =
    'Production needs a validation of exactly this build on qualification, and is planned once a contact agrees on the proposed instant.'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {
    environment: Flags.option({
      description: 'which comes next',
      options: ['qualification', 'production'] as const,
      required: true,
    })(),
    at: Flags.string({description: 'when, with its zone', helpValue: 'TIME', required: true}),
    duration: Flags.string({description: 'the announced window; 4h for qualification, 2h for production'}),
    'users-informed': Flags.boolean({description: 'the customer says that users know (R149)'}),
    'team-ready': Flags.boolean({description: 'the customer says that the team is trained (R146)'}),
    'remind-after': Flags.integer({
      description: 'days without a word after which contacts are reminded to validate; 7 when left out, 0 never',
      helpValue: 'DAYS',
      min: 0,
      max: 365,
    }),
    waiver: Flags.string({description: 'why there is no qualification to try it on (R038)', helpValue: 'TEXT'}),
  }
  static override examples = [
    "<%= config.bin %> <%= command.id %> gk3x9ab --environment qualification --at '2026-11-24 09:00 Europe/Paris'",
    "<%= config.bin %> <%= command.id %> gk3x9ab --environment production --at '2026-12-02 22:00 Europe/Paris' --users-informed --team-ready",
  ]

  protected override async answer({args, flags, world, signed}: Typed<typeof MigrationSchedule>) {
    const [{proposeProduction, scheduleQualification}, {showMigration}, {platformOf}] = await Promise.all([
      import('../../src/migration/schedule.ts'),
      import('../../src/migration/list.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const ledger = await world.ledger()
    const minutes = flags.duration === undefined ? undefined : minutesOf(flags.duration)
    const operator = signed?.operator ?? ''
    const {reason, 'remind-after': remindDays} = flags
    const dated = {id: args.migration, at: instantOf(flags.at), minutes, operator, reason, remindDays}
    if (flags.environment === 'qualification') await scheduleQualification(ledger, world.clock.now(), dated)
    else {
      const said = {usersInformed: flags['users-informed'], teamReady: flags['team-ready'], waiver: flags.waiver}
      await proposeProduction(await platformOf(world), {...dated, ...said})
    }
    const result = await showMigration(ledger, args.migration)
    return {result, view: migrationFields(result)}
  }
}
