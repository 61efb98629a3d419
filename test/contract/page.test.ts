import {readFileSync} from 'node:fs'
import t from 'tap'
import {contractPage} from '../../src/contract/page.ts'
import {contractJsonSchema} from '../../src/contract/schema.ts'
import {sameAsFile} from '../support/golden.ts'

t.test('docs/contract.md says what the schema says', async t => {
  sameAsFile(t, 'docs/contract.md', contractPage(readFileSync('examples/acme.yaml', 'utf8')))
})

t.test('every field of the JSON Schema says what it means', async t => {
  const undescribed: string[] = []
  const walk = (schema: Record<string, unknown>, path: string) => {
    if (schema.description === undefined) undescribed.push(path)
    for (const [name, inside] of Object.entries((schema.properties ?? {}) as Record<string, object>))
      walk(inside as Record<string, unknown>, `${path}.${name}`)
    if (schema.items) walk(schema.items as Record<string, unknown>, `${path}[]`)
  }
  walk(contractJsonSchema() as Record<string, unknown>, 'contract')
  t.same(undescribed, [])
})
