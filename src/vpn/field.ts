import {proposalNames} from './proposal.ts'

/** What a field of a VPN's specification means, what it may hold, and what to do when it does not. */
export interface Field {
  readonly means: string
  readonly expected: string
  readonly remedy: string
}

/** Every field by its path; `[]` stands for a place in a list. The reader's errors and docs/vpn.md are made of it. */
export const fields: Readonly<Record<string, Field>> = {
  '': field('One VPN.', 'a mapping of the fields of a VPN', 'Start from examples/vpn-acme.yaml.'),
  tenant: field('The customer.', 'the label of a tenant', 'Take a name from `selfhelp tenant list`.'),
  site: field(
    'Where our end stands; a second VPN serves the second site (R098).',
    'the name of a site',
    'Take a name from `selfhelp site list`.',
  ),
  type: field(
    'The kind of link (R092, R093).',
    'ipsec or private-line',
    'Write type: ipsec unless a line was ordered.',
  ),
  peer: field(
    "The customer's device; for ipsec.",
    'a mapping with `address` and `identity`',
    'Write peer: {address: 203.0.113.7, identity: vpn.acme.test}.',
  ),
  'peer.address': field(
    "Where the customer's device answers IKE.",
    'one IPv4 or IPv6 address, not a name',
    'Write the public address of the device.',
  ),
  'peer.identity': field(
    'The name the device shows (IDr, IDi).',
    'a host name, an e-mail address or an address, in plain ASCII',
    'Write it as in vpn.acme.test; distinguished names are not taken, use the alternative name.',
  ),
  authentication: field(
    'How the ends know each other; for ipsec.',
    'a mapping with `method`',
    'Write authentication: {method: psk}.',
  ),
  'authentication.method': field(
    'A shared key, or certificates.',
    'psk, our-certificate or their-certificate',
    'Choose one of the three.',
  ),
  'authentication.ca': field(
    "The customer's authority; for their-certificate.",
    'the PEM of one certificate that is a CA, with an EC key or RSA of 2048 bits or more',
    'Paste it under `ca: |`, indented.',
  ),
  'authentication.crl': field(
    'What that authority has revoked.',
    'the PEM of one revocation list',
    'Paste it under `crl: |`, indented.',
  ),
  proposal: field(
    'What encrypts; from our list, strongest first.',
    proposalNames.join(' or '),
    'Leave it out, or take the alternate.',
  ),
  line: field(
    'The private line; for private-line.',
    'a mapping with `interface`, `nextHop`, `carrier` and `leadDays`',
    'Write line: {interface: eth1, nextHop: 10.9.0.1, carrier: NAME, leadDays: 28}.',
  ),
  'line.interface': field(
    'Where the line ends on the gateway.',
    'the name of a network interface',
    'Write it as in eth1.',
  ),
  'line.nextHop': field("The carrier's end.", 'one IPv4 or IPv6 address', 'Write it as in 10.9.0.1.'),
  'line.carrier': field(
    'Who carries it.',
    'one line of 1 to 100 printable characters',
    'Write the name of the carrier.',
  ),
  'line.leadDays': field(
    'Days until it stands; often more than four weeks (R107).',
    'a whole number from 1 to 365',
    'Write 28 when nothing better is known.',
  ),
  networks: field(
    "The customer's networks (traffic selectors).",
    'a list of 1 to 32 networks',
    'Name only the networks the servers are in.',
  ),
  'networks[]': field(
    'One network.',
    'a mapping with `network`, and `seenAs` where it is taken',
    'Write - {network: 10.20.0.0/16}.',
  ),
  'networks[].network': field(
    'As the customer numbers it.',
    'a network as in 10.20.0.0/16',
    'Write it with its prefix.',
  ),
  'networks[].seenAs': field(
    'As our side calls it (NAT).',
    'a network as in 100.96.4.0/24',
    'Take what `selfhelp vpn add` offers.',
  ),
  servers: field(
    'What is reached through it; each is probed.',
    'a list of 1 to 64 servers',
    'Name at least one, or nobody can tell whether traffic passes.',
  ),
  'servers[]': field(
    'One server.',
    'a mapping with `name`, `purpose`, `address` and `port`',
    'Write - {name: directory, purpose: ldap, address: 10.20.0.10, port: 636}.',
  ),
  'servers[].name': field(
    'A short name, once per VPN.',
    '2 to 24 of a–z, 0–9 and dashes, beginning with a letter',
    'Write it as in directory.',
  ),
  'servers[].purpose': field('Which function uses it.', 'ldap, mail, sso or tickets', 'Choose one of the four.'),
  'servers[].address': field('The real address.', 'one IPv4 or IPv6 address', 'Write it as in 10.20.0.10.'),
  'servers[].port': field('The TCP port.', 'a whole number from 1 to 65535', 'Write it as in 636.'),
  kilobitsPerSecond: field(
    'What was declared for it (R084).',
    'a whole number from 1 to 100000000',
    'Ask `selfhelp vpn size`.',
  ),
  users: field(
    'Only when users come through the VPN too (R089, R090).',
    'a mapping with `concurrent` and `pageKilobytes`',
    'Leave it out: users come over the Internet.',
  ),
  'users.concurrent': field(
    'Users at once, at the peak.',
    'a whole number from 1 to 1000000',
    'Write the largest number expected.',
  ),
  'users.pageKilobytes': field(
    'The weight of a page.',
    'a whole number from 1 to 100000',
    'Measure one page with its pictures.',
  ),
  responsibilities: field(
    'Who answers for which part (R093, R097).',
    'a mapping with `ours`, `theirs` and `between`',
    'Write a sentence for each.',
  ),
  'responsibilities.ours': text('Our end.'),
  'responsibilities.theirs': text("The customer's end."),
  'responsibilities.between': text('What is between the two.'),
}

/** The row of a place: `['networks', 0, 'network']` → `networks[].network`. */
export function fieldAt(path: readonly PropertyKey[]): Field | undefined {
  return fields[
    path.reduce<string>(
      (sum, part) => (typeof part === 'number' ? `${sum}[]` : sum === '' ? String(part) : `${sum}.${String(part)}`),
      '',
    )
  ]
}

function field(means: string, expected: string, remedy: string): Field {
  return {means, expected, remedy}
}

function text(means: string): Field {
  return field(means, 'one line of 1 to 300 printable characters', 'Write who is called, and when.')
}
