// npm test: does all its own set-up, then runs every test; `--deep`: the long crash tests instead. Starts under Node 18 or later.
import {prepare} from './prepare.js'

const {began} = await prepare()
const {suite} = await import('../test/suite.ts')
process.exitCode = await suite(began, {deep: process.argv.includes('--deep')})
