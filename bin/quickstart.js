// npm run quickstart [-- --down [--purge]]: a whole platform on this machine. Starts under Node 18 or later.
import {prepare} from './prepare.js'

const {began} = await prepare()
const {quickstart} = await import('./quickstart/quickstart.ts')
process.exitCode = await quickstart(process.argv.slice(2), began)
