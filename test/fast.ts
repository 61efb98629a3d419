// npm run fast: every test that needs no PostgreSQL, no lab hosts and no builds, in seconds.
import {globSync} from 'node:fs'
import {packageRoot} from '../src/root.ts'
import {runFiles} from './files.ts'
import {isFast} from './suite.ts'

const files = globSync('test/**/*.test.ts', {cwd: packageRoot()}).toSorted().filter(isFast)
const {passed, failed} = await runFiles(files, {share: true})
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
