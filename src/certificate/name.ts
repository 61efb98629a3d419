import {domainToASCII} from 'node:url'
import {Refusal} from '../error.ts'

/** A host name in the form certificates carry: lower case, `xn--` for other scripts. Throws `Refusal('input-invalid')`. */
export function asciiName(typed: string): string {
  const name = domainToASCII(typed.trim().replace(/\.$/, ''))
  const labels = name.split('.')
  const fits = name.length <= 253 && labels.length > 1 && labels.every(label => hostLabel.test(label))
  if (fits && !/^[\d.]+$/.test(name)) return name
  throw new Refusal('input-invalid', `"${typed}" is no host name.`, {
    remedies: ['Give a full name, such as help.acme.example, without https:// and without a path.'],
  })
}

/** Whether a DNS name of a certificate covers a host: `*` stands for exactly the first label (RFC 9525 §6.3). */
export function covers(pattern: string, host: string): boolean {
  const given = pattern.toLowerCase()
  if (!given.startsWith('*.')) return given === host
  const [, ...parents] = host.split('.')
  // `*.com` would speak for everybody.
  return parents.length > 1 && given.slice(2) === parents.join('.')
}

/** Whether a name lies in a subtree of name constraints (RFC 5280 §4.2.1.10). */
export function below(name: string, subtree: string): boolean {
  const [inner, outer] = [name.toLowerCase(), subtree.toLowerCase().replace(/^\./, '')]
  return outer === '' || inner === outer || inner.endsWith(`.${outer}`)
}

const hostLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
