import {Refusal} from '../error.ts'
import {readPrivateFile} from '../secret/private-file.ts'
import {parseEd25519} from './sshsig.ts'

export {anchorOperator} from './anchored.ts'
export {readPublicKey} from './public-key.ts'
export {defaultKeyFile, machineKeyFile, signRequest} from './sign.ts'
export {verifySignature} from './verify.ts'

/** The public half of an Ed25519 key file we made; a Refusal when it is something else. */
export function keyInFile(file: string): string {
  const key = parseEd25519(readPrivateFile(file))
  if (key) return key.publicKey
  throw new Refusal('input-invalid', `${file} is not an Ed25519 key without a passphrase.`, {
    remedies: ['Move it away, or give --operator-key FILE.pub.'],
  })
}
