import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {writeNew} from '../../src/secret/private-file.ts'

t.test('a new file is for its owner only, and what is there already is never written over', async t => {
  const file = join(t.testdir(), 'acme.key')
  writeNew(file, 'first\n')
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.throws(() => writeNew(file, 'second\n'), {code: 'in-the-way', facts: {file}})
  t.equal(readFileSync(file, 'utf8'), 'first\n')
})

t.test('a folder that is not there is refused as what was typed', async t => {
  const file = join(t.testdir(), 'missing', 'acme.key')
  t.throws(() => writeNew(file, ''), {code: 'input-invalid', message: /there is no such folder/})
})
