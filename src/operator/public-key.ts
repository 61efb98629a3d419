import {Refusal} from '../error.ts'
import {readNamed} from '../secret/private-file.ts'

const kinds =
  /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/

/** `ssh-ed25519 AAAA…` of a line of a `.pub` file, its comment left away; undefined when it is none. */
export function parsePublicKey(line: string): string | undefined {
  const [kind = '', blob = ''] = line.trim().split(/\s+/)
  const bytes = Buffer.from(blob, 'base64')
  const named = bytes.subarray(4, 4 + kind.length).toString('latin1')
  return kinds.test(kind) && named === kind ? `${kind} ${bytes.toString('base64')}` : undefined
}

/** The public key of a `.pub` file; a Refusal when it holds none, or a private one. */
export function readPublicKey(file: string): string {
  const text = readText(file)
  if (text.includes('PRIVATE KEY'))
    throw new Refusal('input-invalid', `${file} is a private key; it was not taken.`, {remedies: [`Give ${file}.pub.`]})
  const key = parsePublicKey(text)
  if (key) return key
  throw new Refusal('input-invalid', `${file} is no SSH public key.`, {remedies: ['ssh-keygen -t ed25519 -f FILE']})
}

/** The text of a key file; a Refusal when it cannot be read. */
export const readText = (file: string): string =>
  readNamed(file, ['Give the path of a key file you may read; a new one: ssh-keygen -t ed25519 -f FILE'])
