import {Flags} from '@oclif/core'
import {authorityView} from '../../../src/certificate/life-view.ts'
import {Mutation, type Typed} from '../../../src/cli/base.ts'
import {planFlag} from '../../../src/cli/flags.ts'

export default class CertificateAuthoritySet extends Mutation {
  static override summary = 'Say which authority issues certificates by itself (ACME, RFC 8555)'
  static override description =
    'Its account key is made at the first order and lies in the secret store. From then on due certificates are renewed by the scheduler.'
  static override flags = {
    directory: Flags.string({description: 'address of its directory', helpValue: 'URL', required: true}),
    root: Flags.string({description: 'what its own server is trusted by, when browsers do not', helpValue: 'FILE'}),
    issues: Flags.string({
      description: 'the root its certificates lead to, when browsers do not know it',
      helpValue: 'FILE',
    }),
    contact: Flags.string({description: 'whom it writes to', helpValue: 'MAIL'}),
    'eab-kid': Flags.string({description: 'the account there that ours is bound to', helpValue: 'KID'}),
    'eab-key-stdin': Flags.boolean({description: 'read the key of that account from stdin', dependsOn: ['eab-kid']}),
    challenge: Flags.option({
      description: 'how a name is proven',
      options: ['http-01', 'dns-01'] as const,
      default: 'http-01' as const,
    })(),
    'dns-server': Flags.string({description: 'the name server that takes updates (RFC 2136)', helpValue: 'HOST:PORT'}),
    'dns-key': Flags.string({description: 'its key file, as nsupdate -k takes it', helpValue: 'FILE'}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --directory https://acme.example/directory --contact pki@cmc.example',
    '<%= config.bin %> <%= command.id %> --directory https://acme.example/directory --challenge dns-01 --dns-server ns1.cmc.example --dns-key tsig.key',
  ]

  protected override async answer({flags, world}: Typed<typeof CertificateAuthoritySet>) {
    const [{readAuthority, setAuthority}, {passwordOf}] = await Promise.all([
      import('../../../src/certificate/authority.ts'),
      import('../../../src/cli/password.ts'),
    ])
    const {directory, root, issues, contact, challenge} = flags
    const typed = {
      directory,
      root,
      issues,
      contact,
      challenge,
      bound: flags['eab-kid'],
      dnsServer: flags['dns-server'],
      dnsKey: flags['dns-key'],
    }
    const read = readAuthority(typed)
    const boundKey = flags['eab-key-stdin'] ? await passwordOf(world.streams) : undefined
    if (!flags.plan)
      await setAuthority({ledger: await world.ledger(), secrets: await world.secrets()}, {...read, boundKey})
    return authorityView(read.authority, {changed: !flags.plan})
  }
}
