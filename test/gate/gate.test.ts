// Each gate is shown a clean little repository, then one with faults; a gate that stays green on a fault is red here.
import {cpSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {run} from '../support/process.ts'

const root = new URL('../..', import.meta.url).pathname
const settings = ['package.json', 'biome.jsonc', '.dependency-cruiser.mjs', 'knip.json', 'tsconfig.json']

type Files = Readonly<Record<string, string>>

const clean: Files = {
  'src/error.ts': '/** Nothing is wrong. */\nexport const fine = 0\n',
  'src/site/model.ts': "import {fine} from '../error.ts'\n\n/** A site. */\nexport const site = fine\n",
  'src/tenant/list.ts': "import {site} from '../site/model.ts'\n\n/** All tenants. */\nexport const list = [site]\n",
  'commands/list.ts': "import {list} from '../src/tenant/list.ts'\n\nexport default list\n",
}

/** A repository with our own settings and these files, in a directory of the test's own. */
function repository(t: Test, files: Files): string {
  const dir = t.testdir({})
  for (const name of settings) cpSync(join(root, name), join(dir, name))
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  for (const [name, text] of Object.entries({...clean, ...files})) {
    mkdirSync(dirname(join(dir, name)), {recursive: true})
    writeFileSync(join(dir, name), text)
  }
  return dir
}

/** What a gate says of a directory; the very script of package.json is run. */
async function gate(name: string, cwd: string): Promise<{red: boolean; said: string}> {
  const {exit, out, err} = await run(['npm', 'run', '--silent', name], {cwd})
  return {red: exit !== 0, said: out + err}
}

const lines = (count: number) => Array.from({length: count}, (_, at) => `  at.push(${at})\n`).join('')
const constants = (count: number) => Array.from({length: count}, (_, at) => `export const a${at} = ${at}\n`).join('')
const imports = (...paths: string[]) =>
  `${paths.map((path, at) => `import {x as x${at}} from '${path}'\n`).join('')}export const x = 1\n`

const faults: Record<string, {files: Files; says: readonly RegExp[]}> = {
  types: {
    files: {
      'src/site/wrong.ts': "export const wrong: number = 'text'\n",
      'src/site/enum.ts': 'export enum Kind {\n  a,\n}\n',
    },
    says: [/wrong\.ts.*TS2322/, /enum\.ts.*erasableSyntaxOnly/],
  },
  lint: {
    files: {
      'src/site/long.ts': constants(251),
      'src/site/function.ts': `export function long(at: number[]) {\n${lines(41)}}\n`,
      'src/site/parameters.ts': 'export const many = (a: 1, b: 1, c: 1, d: 1) => a + b + c + d\n',
      'commands/long.ts': `${constants(60)}export default 1\n`,
      'src/site/default.ts': 'export default 1\n',
      'src/site/floating.ts': 'async function later() {}\nexport function now() {\n  later()\n}\n',
      'src/site/style.ts': 'export const a = "double";\n',
    },
    says: [
      /src\/site\/long\.ts.*noExcessiveLinesPerFile/,
      /commands\/long\.ts.*noExcessiveLinesPerFile/,
      /function\.ts.*noExcessiveLinesPerFunction/,
      /parameters\.ts.*useMaxParams/,
      /default\.ts.*noDefaultExport/,
      /floating\.ts.*noFloatingPromises/,
      /style\.ts format/,
    ],
  },
  boundaries: {
    files: {
      'src/site/cycle.ts': imports('./circle.ts'),
      'src/site/circle.ts': imports('./cycle.ts'),
      'src/site/above.ts': imports('../tenant/model.ts'),
      'src/tenant/model.ts': imports('../error.ts'),
      'src/tenant/private.ts': imports('../site/view.ts'),
      'src/site/view.ts': imports('../cli/base.ts'),
      'src/site/shown.ts': imports('../terminal/view.ts'),
      'src/terminal/view.ts': 'export const x = 1\n',
      'src/world.ts': imports('./site/model.ts'),
      'src/cli/base.ts': imports('../site/model.ts', '../error.ts'),
      'src/machine/noun.ts': imports('../site/model.ts'),
      'src/stranger/model.ts': 'export const x = 1\n',
      'src/site/stranger.ts': imports('../stranger/model.ts'),
      'src/site/command.ts': imports('../../commands/list.ts'),
      'src/secret/up.ts': imports('../ledger/open.ts'),
      'src/ledger/open.ts': imports('../runbook/step.ts'),
      'src/runbook/step.ts': 'export const x = 1\n',
      'src/site/gone.ts': imports('./nowhere.ts'),
      'src/site/tool.ts': "import {build} from 'esbuild'\n\nexport const x = build\n",
      'runtime/server.ts': imports('../src/error.ts'),
      'src/site/runtime.ts': imports('../../runtime/server.ts'),
    },
    says: [
      /no-cycle: src\/site\/c/,
      /site-is-below: src\/site\/above\.ts/,
      /nouns-meet-through-model-and-steps: src\/tenant\/private\.ts/,
      /nouns-know-no-cli: src\/site\/view\.ts/,
      /nouns-see-only-types-of-terminal: src\/site\/shown\.ts/,
      /world-is-a-promise: src\/world\.ts/,
      /cli-knows-nouns-only-to-make-the-world: src\/cli\/base\.ts/,
      /kernel-knows-no-noun: src\/machine\/noun\.ts/,
      /noun-is-declared: src\/site\/stranger\.ts/,
      /nobody-imports-commands: src\/site\/command\.ts/,
      /render-and-secret-are-lowest: src\/secret\/up\.ts/,
      /kernel-order: src\/ledger\/open\.ts/,
      /resolvable: src\/site\/gone\.ts/,
      /no-development-package-in-the-product: src\/site\/tool\.ts/,
      /runtime-stands-alone: runtime\/server\.ts/,
      /src-imports-no-runtime: src\/site\/runtime\.ts/,
    ],
  },
  dead: {
    files: {
      'src/site/model.ts': 'export const site = 0\nexport const forgotten = 1\n',
      'src/site/orphan.ts': 'export const alone = 1\n',
    },
    says: [/forgotten +src\/site\/model\.ts/, /^src\/site\/orphan\.ts/m],
  },
}

for (const [name, {files, says}] of Object.entries(faults)) {
  t.test(`the gate of ${name} is green on what is clean and red on each fault`, async t => {
    const green = await gate(name, repository(t, {}))
    t.notOk(green.red && name !== 'dead', green.said)
    t.notMatch(green.said, /src\/site/, 'nothing is said of clean files')
    const {red, said} = await gate(name, repository(t, files))
    t.ok(red)
    for (const pattern of says) t.match(said, pattern)
  })
}
