import {resolve} from 'node:path'
import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {exportJournal} from '../../src/journal/export.ts'
import {journalExported} from '../../src/journal/view.ts'

export default class JournalExport extends BaseCommand {
  static override summary = "Write a tenant's own journal to a file that anybody can check"
  static override flags = {
    tenant: Flags.string({description: 'whose', helpValue: 'NAME', required: true}),
    to: Flags.string({description: 'the file (default NAME.journal.jsonl, here)', helpValue: 'FILE'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --tenant acme',
    '<%= config.bin %> <%= command.id %> --tenant acme --to /srv/evidence/acme.jsonl --json',
  ]

  protected override async answer({flags, world}: Typed<typeof JournalExport>) {
    const {clock, home} = world
    const needs = {ledger: await world.ledger(), secrets: await world.secrets(), clock, home}
    const file = resolve(flags.to ?? `${flags.tenant}.journal.jsonl`)
    const result = await exportJournal(needs, flags.tenant, file)
    return {result, view: journalExported(result)}
  }
}
