import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag} from '../../src/cli/flags.ts'
import {readSites, readSize} from '../../src/lab/input.ts'
import {labUp} from '../../src/lab/up.ts'
import {labRows} from '../../src/lab/view.ts'

export default class LabUp extends BaseCommand {
  static override summary = 'Make a lab of real Debian hosts here, or repair and start the one there is'
  static override description =
    'Needs root on Debian 12. Hosts are added, never taken away; without --site, a new lab gets north=2 and south=1.'
  static override flags = {
    ...labFlag,
    site: Flags.string({description: 'a site and how many hosts it has', helpValue: 'NAME=COUNT', multiple: true}),
    disk: Flags.string({description: "size of each host's own disk (new labs only)", helpValue: '4G'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --lab rehearsal --site north=3 --site south=2 --disk 4G',
  ]

  protected override async answer({flags, world}: Typed<typeof LabUp>) {
    const sites = readSites(flags.site ?? [])
    const disk = readSize(flags.disk)
    const result = await labUp({name: flags.lab, ...sites, ...disk}, world.progress)
    return {result, view: labRows(result)}
  }
}
