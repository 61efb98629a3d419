import {createPrivateKey, createPublicKey} from 'node:crypto'

/** A secret by its name, for those who look for it. */
export interface Known {
  readonly name: string
  readonly value: string
}

const shortest = 16

/**
 * Everything by which a secret's value would be recognised, each with the secret's name: the value or each line of its
 * private PEM blocks, as it is, in base64 (wherever it stands in a longer text) and in hex. Public PEM blocks are no secret.
 */
export function needlesOf(secrets: readonly Known[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const {name, value} of secrets)
    for (const atom of atomsOf(value))
      for (const form of formsOf(atom)) if (form.length >= shortest) found.set(form, name)
  return found
}

function atomsOf(value: string): string[] {
  const blocks = [...value.matchAll(/-----BEGIN ([A-Z ]+)-----\n([\s\S]+?)\n-----END/g)]
  if (blocks.length === 0) return value.startsWith('[') ? atomsOfList(value) : value.split('\n').filter(Boolean)
  return blocks.flatMap(([pem, kind = '', body = '']) => {
    const lines = body.split('\n')
    if (!kind.includes('PRIVATE')) return []
    // All that the first line of an OpenSSH key says is public.
    if (kind.startsWith('OPENSSH')) return lines.slice(1)
    const known = createPublicKey(createPrivateKey(`${pem} ${kind}-----`)).export({type: 'spki', format: 'der'})
    return lines.filter(line => !known.includes(Buffer.from(line, 'base64')))
  })
}

/** One-time links: the link, and the token alone. */
function atomsOfList(value: string): string[] {
  return (JSON.parse(value) as string[]).flatMap(each => [each, each.split('/').at(-1) ?? ''])
}

function formsOf(atom: string): string[] {
  const bytes = Buffer.from(atom)
  const decoded = /^[\w+/-]{32,}=*$/.test(atom) ? [Buffer.from(atom, 'base64').toString('hex')] : []
  return [atom, ...base64Anywhere(bytes), bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...decoded]
}

/** What base64 makes of these bytes at each of the three places they can stand in; short enough not to be wrapped. */
function base64Anywhere(bytes: Buffer): string[] {
  return [0, 1, 2].map(shift => {
    const skipped = (3 - shift) % 3
    const whole = bytes.subarray(skipped, Math.min(bytes.length, skipped + 36))
    return whole.subarray(0, whole.length - (whole.length % 3)).toString('base64')
  })
}
