import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import type {Operation, Wanted} from '../../src/machine/model.ts'
import {operations} from '../../src/machine/operations.ts'
import {revived} from '../support/revived.ts'

const folder = join(import.meta.dirname, 'case')

interface Case {
  readonly want: Record<string, unknown>
  /** Text, or the whole answer where the exit matters. */
  readonly answers: readonly (string | {exit?: number; out?: string; err?: string})[]
  readonly touched?: readonly string[]
  readonly changes?: readonly {what: string; diff?: string; actions: readonly string[]}[]
  readonly refusal?: string
}

for (const kind of readdirSync(folder))
  t.test(`${kind}: what is wanted and what is found give the changes`, async t => {
    const operation = operations[kind as Wanted['kind']] as unknown as Operation
    for (const name of readdirSync(join(folder, kind))) {
      const one = JSON.parse(readFileSync(join(folder, kind, name), 'utf8')) as Case
      t.test(name.replace('.json', '').replaceAll('-', ' '), async t => check(t, operation, one))
    }
  })

function check(t: Test, operation: Operation, {want, answers, touched, changes, refusal}: Case): void {
  const wanted = revived({kind: operation.kind, ...want}) as unknown as Wanted
  const given = answers.map(a => ({exit: 0, out: '', err: '', ...(typeof a === 'string' ? {out: a} : a)}))
  t.equal(operation.questions(wanted).length, given.length, 'as many questions as answers')
  const compare = () => operation.compare(wanted, given, new Set(touched))
  if (refusal !== undefined) {
    t.throws(compare, {code: refusal})
    return
  }
  const found = compare().map(({what, diff, actions}) => ({
    what,
    ...(diff === undefined ? {} : {diff}),
    actions: actions.map(({act, args, input}) =>
      [act, ...args, ...(input === undefined ? [] : [`< ${input}`])].join(' '),
    ),
  }))
  t.strictSame(found, changes)
}
