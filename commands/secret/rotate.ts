import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {rotateSecrets} from '../../src/ledger/rotate.ts'
import {keyFileOf} from '../../src/secret/key-file.ts'

export default class SecretRotate extends LedgerMutation {
  static override summary = 'Seal every secret under a new key-encryption key'
  static override description =
    'Safe to kill anywhere; typed again it ends what was begun. The new key is sealed to the recovery keys too.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --reason "yearly"',
    '<%= config.bin %> <%= command.id %> --reason "a laptop was lost" --json',
  ]

  protected override async answer({world}: Typed<typeof SecretRotate>) {
    const {home, env, rehearsal} = world
    const result = await rotateSecrets(await world.ledger(), {home, keyFile: keyFileOf(home, env), rehearsal})
    const {secrets, recoveryKeys, keyId} = result
    return {result, view: `${secrets} secrets are sealed by key ${keyId}, which ${recoveryKeys} recovery keys open.`}
  }
}
