import {Args, Flags} from '@oclif/core'
import {scanRows} from '../../src/certificate/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {Refusal} from '../../src/error.ts'

export default class CertificateScan extends BaseCommand {
  static override summary = 'Ask every edge from outside what it offers; exit 5 when a rule forbids it'
  static override description =
    'Each name at each of its edge nodes, from SSLv2 to TLS 1.3, by our own enumeration; every result is kept as evidence.'
  static override strict = false
  static override args = {environment: Args.string({description: 'environments, TENANT/NAME'})}
  static override flags = {
    all: Flags.boolean({description: 'every environment'}),
    probe: Flags.string({description: 'the probe point to scan from; the first when left out', helpValue: 'NAME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]

  protected override async answer({flags, words, world}: Typed<typeof CertificateScan>) {
    if (flags.all === words.length > 0) {
      throw new Refusal('input-invalid', 'Name the environments to scan, or all of them.', {
        remedies: ['selfhelp certificate scan acme/production', 'selfhelp certificate scan --all'],
      })
    }
    const [{scanEnvironments}, {probeNamed}, {servedPolicy}, ledger] = await Promise.all([
      import('../../src/certificate/scan.ts'),
      import('../../src/probe/steps.ts'),
      import('../../src/tls/steps.ts'),
      world.ledger(),
    ])
    const [probe, policy] = await Promise.all([probeNamed(ledger, flags.probe), servedPolicy(ledger)])
    const part = world.progress.part('scan')
    const result = await scanEnvironments({ledger, clock: world.clock, probe, policy, part}, words)
    part.done()
    return {result, view: scanRows(result), ...(result.findings > 0 ? {exit: 'partial' as const} : {})}
  }
}
