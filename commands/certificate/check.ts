import {Args, Flags} from '@oclif/core'
import {renewalManaged} from '../../src/ca/model.ts'
import {checkedView} from '../../src/certificate/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {passwordOf} from '../../src/cli/password.ts'
import {dayOf} from '../../src/cli/time.ts'
import {exits} from '../../src/error.ts'

export default class CertificateCheck extends BaseCommand {
  static override summary = 'Judge a certificate by every rule; exit 3 when one refuses it'
  static override description =
    'PEM in any order, in one file or several, DER or PKCS#12. What cannot be read at all: exit 2. Nothing is sent anywhere unless --online.'
  static override strict = false
  static override args = {file: Args.string({description: 'files with certificates, and the key', required: true})}
  static override flags = {
    key: Flags.string({description: 'the private key, when it is in a file of its own', helpValue: 'FILE'}),
    'password-stdin': Flags.boolean({description: 'read the password of key or PKCS#12 from stdin'}),
    for: Flags.string({description: 'the host name it is to serve', helpValue: 'HOST', required: true}),
    'contract-end': Flags.string({description: 'last day of the contract (R030)', helpValue: 'DATE', required: true}),
    root: Flags.string({
      description: 'roots the contract trusts besides public ones',
      helpValue: 'FILE',
      multiple: true,
    }),
    'most-days': Flags.integer({description: 'the most days the contract allows below a root of its own', min: 1}),
    derogation: Flags.string({description: 'who answers for renewing one that ends too early', helpValue: 'OWNER'}),
    online: Flags.boolean({description: 'ask the authorities whether it was revoked'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme.pem --key acme.key --for help.acme.example --contract-end 2027-03-31',
    '<%= config.bin %> <%= command.id %> acme.p12 --password-stdin --for help.acme.example --contract-end 2027-03-31 --json < password',
  ]

  protected override async answer({flags, words, world}: Typed<typeof CertificateCheck>) {
    const {judgeFiles, revoked, shown} = await import('../../src/certificate/check.ts')
    const asked = {
      files: [...words, ...(flags.key === undefined ? [] : [flags.key])],
      password: flags['password-stdin'] ? await passwordOf(world.streams) : undefined,
      name: flags.for,
      contractEnd: dayOf(flags['contract-end']),
      timeZone: 'UTC',
      roots: flags.root ?? [],
      mostDays: flags['most-days'],
      derogation: flags.derogation === undefined ? undefined : renewalManaged(flags.derogation),
      at: world.clock.now(),
    }
    const judgement = await judgeFiles(asked)
    const result = shown(judgement, asked, flags.online ? await revoked(judgement, asked.at, world.env) : [])
    return {result, view: checkedView(result), ...(result.fits ? {} : {exit: exits.refused})}
  }
}
