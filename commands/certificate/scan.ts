import {Args, Flags} from '@oclif/core'
import {opinionRows, scanRows} from '../../src/certificate/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {Refusal} from '../../src/error.ts'
import {toolNames} from '../../src/tls/tools.ts'

export default class CertificateScan extends BaseCommand {
  static override summary = 'Ask every edge from outside what it offers; exit 5 when a rule forbids it'
  static override description =
    'Each name at each of its edge nodes, from SSLv2 to TLS 1.3, by our own enumeration; every result is kept as evidence. A tool that the probe point has not got is installed there (Debian); testssl takes minutes a name.'
  static override strict = false
  static override args = {environment: Args.string({description: 'environments, TENANT/NAME'})}
  static override flags = {
    all: Flags.boolean({description: 'every environment'}),
    tool: Flags.option({description: 'ask that tool too, for evidence', options: toolNames, multiple: true})(),
    probe: Flags.string({description: 'the probe point to scan from; the first when left out', helpValue: 'NAME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> --all --json',
    '<%= config.bin %> <%= command.id %> acme/production --tool sslscan --tool testssl',
  ]

  protected override async answer({flags, words, world}: Typed<typeof CertificateScan>) {
    if (flags.all === words.length > 0) {
      throw new Refusal('input-invalid', 'Name the environments to scan, or all of them.', {
        remedies: ['selfhelp certificate scan acme/production', 'selfhelp certificate scan --all'],
      })
    }
    const [{scanEnvironments}, {secondOpinions}, {outsideAt, probeNamed}, {servedPolicy}, ledger] = await Promise.all([
      import('../../src/certificate/scan.ts'),
      import('../../src/certificate/second-opinion.ts'),
      import('../../src/probe/steps.ts'),
      import('../../src/tls/steps.ts'),
      world.ledger(),
    ])
    const [probe, policy] = await Promise.all([probeNamed(ledger, flags.probe), servedPolicy(ledger)])
    const part = world.progress.part('scan')
    const install = async (packages: readonly string[]) => {
      const {installPackages} = await import('../../src/lab/requirements.ts')
      await installPackages(packages, world.progress)
    }
    const needs = {ledger, clock: world.clock, part}
    const scan = await scanEnvironments({...needs, policy, outside: outsideAt(probe)}, words)
    const opinions = flags.tool ? await secondOpinions({...needs, probe, install}, words, flags.tool) : []
    part.done()
    const bad = scan.findings > 0 || opinions.some(({passed}) => !passed)
    const view = [scanRows(scan), ...(flags.tool ? [opinionRows(opinions)] : [])]
    return {result: {...scan, opinions}, view, ...(bad ? {exit: 'partial' as const} : {})}
  }
}
