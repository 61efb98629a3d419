// node test/together.ts FILE…: several test files in one process, for those that touch nothing outside of it.
import {resolve} from 'node:path'
import {pathToFileURL} from 'node:url'

for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href)
