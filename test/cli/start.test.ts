// What a command imports before it runs; read from the bundle's own record, so it needs `npm run build`.
import {readFileSync} from 'node:fs'
import t from 'tap'

interface Output {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly imports: readonly {readonly path: string; readonly kind: string; readonly external?: boolean}[]
  readonly entryPoint?: string
}

const meta = new URL('../../dist/meta.json', import.meta.url)
const {outputs}: {outputs: Record<string, Output>} = JSON.parse(readFileSync(meta, 'utf8'))
const heavy = /^(?:@dbos-inc|@inquirer|@peculiar|listr2|kysely|pg|ssh2|node-pg-migrate|node-cron)(?:\/|$)/

/** Every package that loading this file loads, without what it imports later. */
function packages(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const bundled = Object.keys(outputs[file]?.inputs ?? {}).flatMap(path => path.split('node_modules/').at(1) ?? [])
  const imported = (outputs[file]?.imports ?? []).filter(({kind}) => kind !== 'dynamic-import')
  return [...bundled, ...imported.flatMap(({path, external}) => (external ? [path] : packages(path, seen)))]
}

const commands = Object.entries(outputs).filter(([, {entryPoint}]) => entryPoint?.startsWith('commands/'))
t.ok(commands.length > 0)
for (const [file, {entryPoint}] of commands) {
  t.same(
    [...new Set(packages(file).filter(path => heavy.test(path)))],
    [],
    `${entryPoint} loads nothing heavy to start`,
  )
}
