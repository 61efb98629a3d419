import {fields} from './field.ts'
import {proposalNames, proposals, times} from './proposal.ts'

/** `docs/vpn.md`: every field and every proposal, from the rows the errors and configurations are made of. */
export function vpnPage(example: string): string {
  const rows = Object.entries(fields)
    .filter(([path]) => path !== '')
    .map(([path, {means, expected}]) => `| \`${path}\` | ${means} | ${expected} |`)
  const allowed = proposalNames.map(name => `| \`${name}\` | ${proposals[name].source} | ${proposals[name].date} |`)
  return `# VPNs

One YAML file per VPN, read as a contract is: every problem at once, with line and column; no anchors, aliases or tags,
unknown keys are errors. A file and not flags, because networks and servers are lists, and because what two parties
agreed should be a text that both can read. \`selfhelp vpn add FILE\` records it and refuses what overlaps another
customer, our own hosts or a reserved range, naming both; where it can, it offers a network to rename theirs into
(\`seenAs\`, NAT on our gateway). The shared key is in no file: it is made by us, lies sealed, and travels by a channel
of its own.

| field | means | holds |
|---|---|---|
${rows.join('\n')}

\`\`\`yaml
${example.trimEnd()}
\`\`\`

## What encrypts

| proposal | source | date |
|---|---|---|
${allowed.join('\n')}

Nothing else can be written. New keys every ${times.ikeRekey / 3600} h (IKE) and every ${times.childRekey / 3600} h (ESP), each with a key exchange of its own
(perfect forward secrecy); a silent peer is asked after ${times.deadPeer} s.

A file that is no specification: exit 2. One that a rule refuses: exit 3.
`
}
