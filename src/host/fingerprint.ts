import {createHash} from 'node:crypto'
import {Refusal} from '../error.ts'

/** `SHA256:…` of a public host key line, as ssh-keygen prints it. */
export function fingerprintOf(hostKey: string): string {
  const blob = hostKey.trim().split(/\s+/)[1] ?? ''
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`
}

/** Type and key of a host key as typed, without its comment. Throws `Refusal('input-invalid')`. */
export function parseHostKey(text: string): string {
  const [type = '', blob = ''] = text.trim().split(/\s+/)
  const bytes = Buffer.from(blob, 'base64')
  const length = bytes.length > 4 ? bytes.readUInt32BE(0) : 0
  if (length > 0 && bytes.subarray(4, 4 + length).toString() === type) return `${type} ${blob}`
  throw new Refusal('input-invalid', 'The host key is not one line such as "ssh-ed25519 AAAA…".', {
    facts: {typed: text.slice(0, 60)},
    remedies: ['On the host: cat /etc/ssh/ssh_host_ed25519_key.pub'],
  })
}

/** A fingerprint as typed. Throws `Refusal('input-invalid')`. */
export function parseFingerprint(text: string): string {
  const found = /^SHA256:[A-Za-z0-9+/]{43}=?$/.exec(text.trim())
  if (found) return text.trim().replace(/=$/, '')
  throw new Refusal('input-invalid', 'The fingerprint is not "SHA256:" and 43 characters.', {
    facts: {typed: text.slice(0, 60)},
    remedies: ['On the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'],
  })
}
