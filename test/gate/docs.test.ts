import {existsSync, globSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'

const root = packageRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', ...globSync('docs/**/*.md', {cwd: root})]

/** Where the links of a page lead, below the root of the checkout. */
const linksOf = (page: string): string[] =>
  [...read(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => join(dirname(page), to))

t.test('a link from one document to another leads somewhere', async t => {
  for (const page of pages) for (const to of linksOf(page)) t.ok(existsSync(join(root, to)), `${page}: ${to}`)
})

t.test('every document can be found from the README', async t => {
  const found = new Set<string>()
  const follow = (page: string) => {
    if (found.has(page)) return
    found.add(page)
    for (const to of linksOf(page)) {
      const path = to.replace(/\/$/, '')
      if (path.endsWith('.md')) follow(path)
      // A folder is opened by who follows it.
      else for (const below of globSync(`${path}/*.md`, {cwd: root})) follow(below)
    }
  }
  follow('README.md')
  for (const page of pages) t.ok(found.has(page), page)
})
