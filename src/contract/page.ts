import {fields} from './field.ts'

/** `docs/contract.md`: every field, from the same rows the errors are made of. */
export function contractPage(example: string): string {
  const rows = Object.entries(fields)
    .filter(([path]) => path !== '')
    .map(([path, {means, expected}]) => `| \`${path}\` | ${means} | ${expected} |`)
  return `# The contract

One YAML file per customer. \`selfhelp contract check FILE\` says everything that is wrong with it at once, with line and
column; \`selfhelp contract schema\` prints the JSON Schema for editors. Plain YAML only: no anchors, aliases, tags, merge
keys or directives; unknown and repeated keys are errors; 1 MB at most. \`*\` stands for a name, \`[]\` for a place in a list.

| field | means | holds |
|---|---|---|
${rows.join('\n')}

Left out, \`storagePacks\` is 0, the options are \`false\` and \`none\`, and the study is empty: the hand-over then waits for it.

\`\`\`yaml
${example.trimEnd()}
\`\`\`

When the customer signs an amendment, change the whole file and type \`selfhelp contract update TENANT --contract FILE --plan\`,
then again with \`--reason\`: it shows each field before and after, and refuses at once whatever what stands cannot follow.

A file that is no contract: exit 2. A contract that a rule refuses (label taken or reserved, residency, tier, no room): exit 3.
`
}
