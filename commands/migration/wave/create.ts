import {Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../../src/cli/base.ts'
import {Refusal} from '../../../src/error.ts'
import {waveView} from '../../../src/migration/view-wave.ts'

export default class MigrationWaveCreate extends LedgerMutation {
  static override summary = 'Bring many tenants to a version, some before others'
  static override description =
    'Each tenant still asks, validates and agrees by itself; production of a batch waits until all before it are done. A failure halts the wave.'
  static override flags = {
    to: Flags.string({description: 'the version', helpValue: 'VERSION', required: true}),
    tenants: Flags.string({description: 'who, in their order', helpValue: 'TENANT,…', required: true}),
    canary: Flags.integer({description: 'how many go first', default: 1, min: 1}),
    // biome-ignore lint/suspicious/noThenProperty: the word that is typed
    then: Flags.string({description: 'how many of all in each next batch', helpValue: 'PERCENT', default: '10%'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --to 0.2.0 --tenants acme,bolt,cobalt --canary 1 --then 10%',
    '<%= config.bin %> <%= command.id %> --to 0.2.0 --tenants acme,bolt --then 50% --reason "0.2 for the north" --json',
  ]

  protected override about({flags}: {flags: Readonly<Record<string, unknown>>}) {
    return {subject: `wave to ${flags.to}`, tenant: undefined}
  }

  protected override async answer({flags, world, signed}: Typed<typeof MigrationWaveCreate>) {
    const {createWave} = await import('../../../src/migration/wave.ts')
    const percent = Number(/^(\d{1,3})%?$/.exec(flags.then)?.[1] ?? 0)
    if (percent < 1 || percent > 100)
      throw new Refusal('input-invalid', `--then takes a part of all, 1% to 100%; not ${flags.then}.`)
    const tenants = flags.tenants.split(',').filter(Boolean)
    const asked = {version: flags.to, tenants, canary: flags.canary, percent, operator: signed?.operator ?? ''}
    const result = await createWave(await world.ledger(), world.clock.now(), asked)
    return {result, view: waveView(result)}
  }
}
