import {createPublicKey} from 'node:crypto'
import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {Refusal} from '../../src/error.ts'
import {addReleaseFile} from '../../src/release/add.ts'
import {shelfIn} from '../../src/release/shelf.ts'
import {releaseAdded} from '../../src/release/view.ts'
import {readNamed} from '../../src/secret/private-file.ts'

export default class ReleaseAdd extends LedgerMutation {
  static override summary = 'Prove a release that was built elsewhere, keep its files and record it'
  static override args = {
    file: Args.string({description: 'its archive, with its companions beside it', required: true}),
  }
  static override flags = {
    'notes-fr': Flags.string({description: 'what is new, in French', helpValue: 'FILE', required: true}),
    'notes-en': Flags.string({description: 'what is new, in English', helpValue: 'FILE', required: true}),
    'public-key': Flags.string({description: 'accept releases of this key, PEM, from now on', helpValue: 'FILE'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> selfhelp-runtime-0.2.0-x64.tar.gz --notes-fr notes.fr.md --notes-en notes.md',
    '<%= config.bin %> <%= command.id %> selfhelp-runtime-0.2.0-x64.tar.gz --notes-fr n.fr.md --notes-en n.md --public-key factory.pem --reason "new factory"',
  ]

  protected override async answer({args, flags, world}: Typed<typeof ReleaseAdd>) {
    const accept = flags['public-key'] === undefined ? {} : {accept: keyIn(flags['public-key'])}
    const notes = {fr: readNamed(flags['notes-fr']), en: readNamed(flags['notes-en'])}
    const result = await addReleaseFile(await shelfIn(world), {file: args.file, notes, ...accept})
    return {result, view: releaseAdded(result)}
  }
}

function keyIn(file: string) {
  const text = readNamed(file)
  try {
    const key = createPublicKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below.
  }
  throw new Refusal('input-invalid', `${file} is not a public key: Ed25519 in PEM was expected.`)
}
