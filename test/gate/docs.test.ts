import {existsSync, globSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t from 'tap'
import {runbookIds} from '../../src/cli/runbooks.ts'
import {packageRoot} from '../../src/root.ts'
import {tenantCreate} from '../../src/tenant/create.ts'

const root = packageRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', ...globSync('docs/**/*.md', {cwd: root})]

/** Where the links of a page lead, below the root of the checkout. */
const linksOf = (page: string): string[] =>
  [...read(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => join(dirname(page), to))

t.test('a link from one document to another leads somewhere', async t => {
  for (const page of pages) for (const to of linksOf(page)) t.ok(existsSync(join(root, to)), `${page}: ${to}`)
})

t.test('every runbook has its page for three in the morning', async t => {
  for (const id of runbookIds) {
    const file = `docs/runbooks/${id}.md`
    const page = existsSync(join(root, file)) ? read(file) : ''
    t.match(page, new RegExp(`^# ${id}`), `${id} has a page`)
    t.match(page, /resum|again|anew|continue|the same/i, `${id}: how it goes on`)
  }
})

t.test('the page of tenant-create says of every step what is true after it and how to go back', async t => {
  const page = read('docs/runbooks/tenant-create.md')
  const world = {} as Parameters<typeof tenantCreate>[0]
  const steps = tenantCreate(world).steps({contract: {tenant: 'acme'}, environments: []} as never)
  t.ok(steps.length > 5)
  for (const {name} of steps) t.match(page, new RegExp(`^\\| \`${name}\` \\| .+ \\| .+ \\|$`, 'm'), name)
  for (const command of ['run resume', 'run abandon', 'run show']) t.match(page, `selfhelp ${command}`)
})

t.test('each choice that shapes the whole has its record, a page at most', async t => {
  const asked = [
    'dbos',
    'embedded-postgres',
    'one-cluster-per-environment',
    'haproxy',
    'ssh2',
    'signed-operators',
    'lab',
  ]
  for (const name of asked) t.ok(existsSync(join(root, `docs/decisions/${name}.md`)), name)
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
