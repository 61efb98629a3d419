import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Test} from 'tap'
import {packageRoot} from '../../src/root.ts'

/** The text equals the committed file. `npm run golden` writes the files anew, and a person reads the difference. */
export function sameAsFile(t: Pick<Test, 'equal'>, path: string, text: string): void {
  const file = join(packageRoot(), path)
  if (process.env.GOLDEN === 'write') {
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, text)
  }
  t.equal(existsSync(file) ? readFileSync(file, 'utf8') : '', text, `${path} (npm run golden writes it anew)`)
}
