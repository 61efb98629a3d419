import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import type {Answer, Question} from '../../src/machine/model.ts'
import {fileFact} from '../../src/machine/operation/stat.ts'
import {unitFact} from '../../src/machine/operation/unit.ts'
import {asking} from '../../src/machine/questions.ts'

interface Captured {
  readonly asked: readonly Question[]
  readonly answers: readonly Answer[]
  readonly split: readonly Answer[]
}

const captured = JSON.parse(readFileSync(join(import.meta.dirname, 'captured/debian-12.json'), 'utf8')) as Captured

t.test('questions of one kind are one call, and each finds its own answer in what a real host said', async t => {
  const asked = asking(captured.asked)
  t.strictSame(
    asked.frames.map(({ask}) => ask),
    ['file', 'stat', 'package', 'unit', 'user'],
  )
  t.strictSame(asked.answers(captured.answers), captured.split)
})

t.test('a question asked twice is sent once and answered twice', async t => {
  const asked = asking([
    {ask: 'package', args: ['bash']},
    {ask: 'package', args: ['bash']},
  ])
  t.strictSame(asked.frames, [{ask: 'package', args: ['bash']}])
  t.equal(asked.answers([{exit: 0, out: 'bash\tinstalled\t5\n', err: ''}]).length, 2)
})

t.test('questions that are commands stay calls of their own', async t => {
  const run = (...args: string[]) => ({ask: 'run', args})
  t.equal(asking([run('true'), run('false'), run('true')]).frames.length, 2)
})

t.test('what a real host says of files and units is read as it is meant', async t => {
  const files = captured.split.slice(
    0,
    captured.asked.findIndex(({ask}) => ask !== 'file'),
  )
  const [motd, , odd, empty, link] = files.map(fileFact)
  t.match(motd, {mode: '0644', owner: 'root', size: 6, content: 'hello\n', modified: 1_790_000_000_500_000_000n})
  t.equal(odd?.content, 'x')
  t.match(empty, {type: 'regular file', size: 0, content: ''})
  t.equal(link?.type, 'symbolic link')
  const ssh = captured.asked.findIndex(({args}) => args[0] === 'sshd.service')
  const since = BigInt(Date.parse('2026-11-22T11:26:06Z')) * 1_000_000n + 914_969_000n
  t.match(unitFact(captured.split[ssh]), {active: 'active', file: 'enabled', stale: false, since})
})
