import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {commands} from '../support/commands.ts'

/** Command lines that our texts tell people to type, with where they stand. */
function told(): {readonly line: string; readonly file: string}[] {
  const root = packageRoot()
  return globSync(['src/**/*.ts', 'bin/**/*.ts', 'commands/**/*.ts'], {cwd: root}).flatMap(file =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:['"`]|→ |: )(selfhelp [a-z][^'"`\n\\]*)/g)].map(
      ([, line = '']) => ({
        line,
        file,
      }),
    ),
  )
}

/** Not to be typed: the comment of a key. */
const prose = 'selfhelp control plane'

t.test('whatever we tell people to type is a command, with flags it has', async t => {
  const known = commands()
  const lines = told().filter(({line}) => /^selfhelp [a-z-]+(?: |$)/.test(line) && line !== prose)
  t.ok(lines.length > 60, `${lines.length} lines`)
  for (const {line, file} of lines) {
    const [, one = '', two = '', three = ''] = line.split(' ')
    const command =
      known.find(({id}) => id === `${one} ${two} ${three}`) ??
      known.find(({id}) => id === `${one} ${two}`) ??
      known.find(({id}) => id === one)
    if (!command) {
      t.fail(`${file}: ${line}`)
      continue
    }
    for (const [, flag = ''] of line.matchAll(/ --([a-z][a-z0-9-]*)/g))
      if (flag !== 'help' && !command.flags[flag]) t.fail(`${file}: ${line} (no --${flag})`)
  }
})
