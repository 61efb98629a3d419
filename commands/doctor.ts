import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../src/cli/base.ts'
import {checks} from '../src/doctor/checks.ts'
import {examine} from '../src/doctor/examine.ts'
import {healthRows} from '../src/doctor/view.ts'

export default class Doctor extends BaseCommand {
  static override summary = 'Compare what should be with what is, everywhere; exit 5 when something differs'
  static override flags = {all: Flags.boolean({description: 'show what is fine too'})}
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']

  protected override async answer({flags, world}: Typed<typeof Doctor>) {
    const {clock, home, env} = world
    const [ledger, ways, secrets] = await Promise.all([
      orWhyNot(world.ledger()),
      orWhyNot(world.ways()),
      orWhyNot(world.secrets()),
    ])
    const patient = {
      ...{clock, home, env},
      get ledger() {
        return ledger()
      },
      get ways() {
        return ways()
      },
      get secrets() {
        return secrets()
      },
      machine: world.machine,
    }
    const result = await examine(patient, checks)
    return {result, view: healthRows(result, flags.all), ...(result.differences > 0 ? {exit: 'partial' as const} : {})}
  }
}

/** What cannot be had is a finding of each check that needs it, and stops none of the others. */
async function orWhyNot<T>(having: Promise<T>): Promise<() => T> {
  return having.then(
    had => () => had,
    error => () => {
      throw error
    },
  )
}
