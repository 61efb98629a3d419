import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {kinds} from '../../src/notice/model.ts'
import {previewNotice} from '../../src/notice/tell.ts'

export default class NoticePreview extends BaseCommand {
  static override summary = 'Print what the contacts of a tenant would get; nothing is sent'
  static override args = {tenant: Args.string({description: 'the tenant', required: true})}
  static override flags = {
    kind: Flags.option({description: 'which notice', options: kinds, default: 'maintenance-planned' as const})(),
    html: Flags.boolean({description: 'as HTML'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --kind maintenance-moved',
    '<%= config.bin %> <%= command.id %> acme --html > notice.html',
  ]

  protected override async answer({args, flags, world}: Typed<typeof NoticePreview>) {
    const given = {tenant: args.tenant, kind: flags.kind}
    const result = await previewNotice(await world.ledger(), given, world.clock.now())
    const text = (each: (typeof result.items)[number]) =>
      `— ${each.contact} <${each.email}> — ${each.subject}\n\n${each.body}`
    return {result, view: result.items.map(each => (flags.html ? each.html : text(each)))}
  }
}
