import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import type {Answer, Machine} from '../../src/machine/model.ts'
import {fetch} from '../../src/safekeeping/mirror.ts'

const text = 'what it holds'

/** A host that says it holds these, and gives the same for each. */
function holding(listed: string): Machine {
  const done = (out: string): Answer => ({exit: 0, out, err: ''})
  return {
    host: 'backup01',
    ask: async questions =>
      questions.map(({args}) => done(args[0] === 'find' ? listed : Buffer.from(text).toString('base64'))),
    act: async () => [],
    plan: () => Promise.reject(new Error('nothing is planned')),
    apply: () => Promise.reject(new Error('nothing is applied')),
    roundTrips: 0,
  }
}

t.test('what a host holds is brought here under the same names', async t => {
  const here = join(t.testdir(), 'here')
  t.strictSame(await fetch(holding(`${text.length} archive/db/a b..c\n`), {here, there: '/there'}), {files: 1})
  t.equal(readFileSync(join(here, 'archive/db/a b..c'), 'utf8'), text)
})

t.test('a host that names a file outside of the folder, or no size, is not believed', async t => {
  const lines = [
    '13 ../outside',
    '13 a/../../outside',
    '13 /etc/cron.d/outside',
    '13 a//b',
    '13 a/./b',
    '13 a/',
    '13 ',
    '13',
    '13 a\0b',
    '-1 a',
    'a b',
    ' a',
    '1e400 a',
    '99999999999999999999 a',
  ]
  for (const line of lines) {
    const folder = t.testdir()
    const here = join(folder, 'here')
    const said = {code: 'backup-engine-failed', facts: {host: 'backup01', file: '/there'}}
    await t.rejects(fetch(holding(`13 fine\n${line}\n`), {here, there: '/there'}), said, JSON.stringify(line))
    t.notOk(existsSync(here) || existsSync(join(folder, 'outside')), 'nothing was written')
  }
})
