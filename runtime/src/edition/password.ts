import {type Argon2Parameters, argon2, randomBytes, timingSafeEqual} from 'node:crypto'
import {promisify} from 'node:util'

const derive = promisify((parameters: Argon2Parameters, done: (error: Error | null, key: Buffer) => void) =>
  argon2('argon2id', parameters, done),
)

// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const cost = {memory: 19_456, passes: 2, parallelism: 1, tagLength: 32}

// Known passwords take 12 characters to be worth an attack's while; the upper end bounds the work of one try.
const shortest = 12
const longest = 256

export type PasswordFault = 'passwordShort' | 'passwordDiffers' | 'passwordIsEmail'

/** What is wrong with a new password, as the name of the words that say so. */
export function passwordFault(password: string, repeated: string, email: string): PasswordFault | undefined {
  if (password.length < shortest || password.length > longest) return 'passwordShort'
  if (password.toLowerCase().includes(email.toLowerCase())) return 'passwordIsEmail'
  return password === repeated ? undefined : 'passwordDiffers'
}

/** The argon2id hash in its usual text form, with the cost inside so that it can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const key = await derive({message: password.normalize('NFC'), nonce, ...cost})
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${plain(nonce)}$${plain(key)}`
}

/** Whether `password` is the one that was hashed. Without a hash it takes as long, so that nobody learns who has an account. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash ?? '')
  const [, memory, passes, parallelism, nonce = '', key = ''] = found ?? []
  const expected = found ? Buffer.from(key, 'base64') : Buffer.alloc(cost.tagLength)
  const derived = await derive({
    message: password.slice(0, longest).normalize('NFC'),
    nonce: found ? Buffer.from(nonce, 'base64') : Buffer.alloc(16),
    memory: Number(memory ?? cost.memory),
    passes: Number(passes ?? cost.passes),
    parallelism: Number(parallelism ?? cost.parallelism),
    tagLength: expected.length,
  })
  return timingSafeEqual(derived, expected) && found !== null
}

function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
