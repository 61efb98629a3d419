import {createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual} from 'node:crypto'

/** What PostgreSQL keeps instead of a password (RFC 5803): it proves the password and does not tell it. */
export function verifier(password: string, salt = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256')
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${hmac(salted, 'Server Key').toString('base64')}`
}

/** True when this verifier was made from this password. */
export function matches(password: string, found: string): boolean {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$/.exec(found) ?? []
  if (!iterations || !salt) return false
  const [a, b] = [verifier(password, Buffer.from(salt, 'base64'), Number(iterations)), found].map(text =>
    Buffer.from(text),
  )
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b)
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
