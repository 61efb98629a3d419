// The JSON every command answers with, read from its types: a change of it is seen as a change of a file.
import {globSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import ts from 'typescript'
import {packageRoot} from '../../src/root.ts'
import {sameAsFile} from '../support/golden.ts'
import {type Schema, SchemaReader} from '../support/schema-of.ts'

const root = packageRoot()
const files = globSync('commands/**/*.ts', {cwd: root}).toSorted()
const settings = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config
const {options} = ts.convertCompilerOptionsFromJson(settings.compilerOptions, root)
const host = ts.createCompilerHost(options)
const read = host.readFile
// No answer is made of these, and reading them takes longest; one that were would be another schema at once.
const besides = /node_modules\/(?:@types\/(?!node-forge)|undici-types\/|@dbos-inc\/|@peculiar\/|ssh2\/)/
host.readFile = file => (besides.test(file) && file.endsWith('.d.ts') ? '' : read(file))
const program = ts.createProgram({rootNames: files.map(file => join(root, file)), options, host})
const checker = program.getTypeChecker()
const reader = new SchemaReader(checker)

/** The type of `result` in what a command's `answer` promises. */
function resultOf(file: string): Schema {
  const source = program.getSourceFile(join(root, file))
  const module = source && checker.getSymbolAtLocation(source)
  const command = module?.exports?.get(ts.InternalSymbolName.Default)
  if (!command) throw new Error('it has no default export')
  const answer = checker.getDeclaredTypeOfSymbol(command).getProperty('answer')
  const [signature] = answer ? checker.getTypeOfSymbol(answer).getCallSignatures() : []
  const answered = signature && checker.getAwaitedType(signature.getReturnType())
  if (!answered) throw new Error('it has no answer')
  const results = (answered.isUnion() ? answered.types : [answered]).flatMap(type => {
    const result = type.getProperty('result')
    return result ? [reader.of(checker.getTypeOfSymbol(result))] : []
  })
  const distinct = [...new Set(results.map(each => JSON.stringify(each)))].map(each => JSON.parse(each))
  if (distinct.length === 0) throw new Error('its answer has no result')
  return distinct.length === 1 ? distinct[0] : {anyOf: distinct}
}

for (const file of files) {
  const id = file.slice('commands/'.length, -'.ts'.length)
  t.test(`selfhelp ${id.replaceAll('/', ' ')} --json answers as agreed`, async t => {
    const schema = {$schema: 'https://json-schema.org/draft/2020-12/schema', ...resultOf(file)}
    sameAsFile(t, `test/golden/cli/schema/${id.replaceAll('/', '-')}.json`, `${JSON.stringify(schema, undefined, 2)}\n`)
    const {properties} = schema as Schema & {properties?: Record<string, Schema>}
    if (id.endsWith('list')) t.ok(properties && 'items' in properties, 'a list is {items, next?}')
  })
}
