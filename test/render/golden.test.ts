import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import t from 'tap'
import {render} from '../../src/render/render.ts'
import type {Templates} from '../../src/render/templates.ts'
import {packageRoot} from '../../src/root.ts'
import {sameAsFile} from '../support/golden.ts'

const folder = 'test/golden/template'

/** The tool that will read the file, where this machine has it; those that need a whole host are tried by the journeys. */
const checks: readonly (readonly [path: RegExp, tool: string, ...flags: string[]])[] = [
  [/sudoers\.d/, 'visudo', '-c', '-q', '-f'],
]

for (const facts of readdirSync(join(packageRoot(), folder), {recursive: true, encoding: 'utf8'}).filter(isFacts))
  t.test(`${dirname(facts)} with the facts of ${facts.replace(/.*\//, '')}`, async t => {
    const path = dirname(facts) as keyof Templates
    const given = JSON.parse(readFileSync(join(packageRoot(), folder, facts), 'utf8'))
    const golden = join(folder, facts.replace(/\.facts\.json$/, '.golden'))
    sameAsFile(t, golden, render(path, given))
    for (const [where, tool, ...flags] of checks)
      if (where.test(path) && has(tool)) t.doesNotThrow(() => execFileSync(tool, [...flags, golden]), `${tool} agrees`)
  })

t.test('every template that has facts has a golden', async t => {
  const cases = new Set(
    readdirSync(join(packageRoot(), folder), {recursive: true, encoding: 'utf8'}).filter(isFacts).map(dirname),
  )
  const templates = join(packageRoot(), 'templates')
  const all = readdirSync(templates, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
  for (const {parentPath, name} of all) {
    const text = readFileSync(join(parentPath, name), 'utf8')
    const path = relative(templates, join(parentPath, name))
    if (text.includes('<%')) t.ok(cases.has(path), path)
  }
})

function isFacts(name: string): boolean {
  return name.endsWith('.facts.json')
}

function has(tool: string): boolean {
  return (process.env.PATH ?? '').split(':').some(folder => {
    try {
      return readdirSync(folder).includes(tool)
    } catch {
      return false
    }
  })
}
