import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../src/cli/base.ts'
import {init} from '../src/init/init.ts'
import {initialised} from '../src/init/view.ts'

export default class Init extends BaseCommand {
  static override summary = 'Make what this control plane needs: ledger, keys, authority, operators'
  static override description =
    'What is there already stays as it is: typed again it changes nothing. Give two recovery keys: RSA public keys whose private halves lie in a safe.'
  static override flags = {
    'base-domain': Flags.string({
      description: 'where platforms have their names (default ezvsaas.test)',
      helpValue: 'DOMAIN',
    }),
    operator: Flags.string({description: "the first operator's address", helpValue: 'EMAIL'}),
    'operator-key': Flags.string({
      description: 'their SSH public key; without one a key is made',
      helpValue: 'FILE.pub',
    }),
    'recovery-key': Flags.string({
      description: 'seal the key-encryption key to this public key, in PEM',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --operator jane.doe@cmc.example',
    '<%= config.bin %> <%= command.id %> --base-domain ezvsaas.com --operator jane.doe@cmc.example --operator-key ~/.ssh/id_ed25519.pub --recovery-key safe-1.pub.pem --recovery-key safe-2.pub.pem',
  ]

  protected override async answer({flags, world}: Typed<typeof Init>) {
    const {home, env, clock} = world
    const part = world.progress.part(`The control plane in ${home}`)
    const result = await init({
      home,
      env,
      clock,
      baseDomain: flags['base-domain'],
      operator: flags.operator,
      operatorKey: flags['operator-key'],
      recoveryKeys: flags['recovery-key'] ?? [],
    })
    part.done()
    return {result, view: initialised(result)}
  }
}
