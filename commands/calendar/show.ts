import {Args, Flags} from '@oclif/core'
import {calendarView} from '../../src/calendar/draw.ts'
import {calendarIcs, calendarPage} from '../../src/calendar/page.ts'
import {showCalendar} from '../../src/calendar/show.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {writeWhole} from '../../src/secret/private-file.ts'

export default class CalendarShow extends BaseCommand {
  static override summary = 'Draw a month or a year: freezes, maintenance, notices, budgets used'
  static override args = {of: Args.string({description: 'TENANT or TENANT/NAME; or --site; all when left out'})}
  static override flags = {
    site: Flags.string({description: 'everything on this site', helpValue: 'SITE'}),
    month: Flags.string({
      description: 'which month; this one when left out',
      helpValue: 'YYYY-MM',
      exclusive: ['year'],
    }),
    year: Flags.string({description: 'a whole year', helpValue: 'YYYY', exclusive: ['month']}),
    ics: Flags.boolean({description: 'as a calendar file (iCalendar)', exclusive: ['html']}),
    html: Flags.boolean({description: 'as a page', exclusive: ['ics']}),
    output: Flags.string({description: 'write it to this file', helpValue: 'FILE'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --year 2027',
    '<%= config.bin %> <%= command.id %> acme/production --month 2026-12 --ics --output acme.ics',
    '<%= config.bin %> <%= command.id %> --site north --year 2027 --html > north.html',
  ]

  protected override async answer({args, flags, world}: Typed<typeof CalendarShow>) {
    const now = world.clock.now()
    const of = args.of?.includes('/') ? {environment: args.of} : {tenant: args.of}
    const period = flags.year ?? flags.month ?? now.toString().slice(0, 7)
    const result = await showCalendar(await world.ledger(), now, {scope: {...of, site: flags.site}, period})
    const view = flags.ics ? calendarIcs(result, now) : flags.html ? calendarPage(result) : calendarView(result)
    if (flags.output === undefined && flags.ics && typeof view === 'string') return {result, view: {ics: view}}
    if (flags.output === undefined || typeof view !== 'string') return {result, view}
    writeWhole(flags.output, view, 0o644)
    return {result, view: `written to ${flags.output}`}
  }
}
