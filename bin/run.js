// Started by bin/selfhelp. What needs no command is answered before anything is loaded.
import {existsSync, readFileSync} from 'node:fs'
import {enableCompileCache} from 'node:module'

const root = new URL('..', import.meta.url).pathname
const words = process.argv.slice(2)
if (words.length === 1 && words[0] === '--version') {
  const {name, version} = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else if (!existsSync(`${root}dist/src/cli/main.js`)) {
  process.stderr.write(`selfhelp is not built. Type: npm run build --prefix ${root}\n`)
  process.exitCode = 4
} else {
  // oclif would ask every time whether this Node is new enough; bin/selfhelp brings it.
  process.env.OCLIF_DISABLE_ENGINE_WARNING = '1'
  // Compiled code is kept in the checkout, not in a shared /tmp where others could leave theirs.
  enableCompileCache(`${root}dist/cache`)
  const {main} = await import('../dist/src/cli/main.js')
  await main(words, root)
}
