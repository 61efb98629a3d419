import {resolve} from 'node:path'
import t from 'tap'
import {faultsOf, type Procedure, readProcedures} from '../src/portal/procedure.ts'
import {answersIn, walk} from '../src/portal/walk.ts'

const [workstation] = readProcedures(resolve(import.meta.dirname, '..')) as [Procedure]
const text = {fr: 'a', en: 'a'}

function small(steps: Record<string, unknown>): Procedure {
  return {alias: 'small', title: text, summary: text, steps} as unknown as Procedure
}

const choice = (id: string, to: string) => ({id, to, label: text})
const sound = {
  start: {kind: 'start', title: text, to: 'ask'},
  ask: {kind: 'question', title: text, choices: [choice('a', 'end'), choice('b', 'end')]},
  end: {kind: 'end', outcome: 'solved', title: text},
}

t.test('every bundled procedure is sound', async t => {
  t.same(faultsOf(workstation), [])
  t.same(faultsOf(small(sound)), [])
})

t.test('a procedure that would leave somebody standing is refused', async t => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['no Start', {end: sound.end}, /Start/],
    ['two Starts', {...sound, again: sound.start}, /Start/],
    ['a target that is not there', {...sound, start: {...sound.start, to: 'nowhere'}}, /no step nowhere/],
    ['one choice only', {...sound, ask: {...sound.ask, choices: [choice('a', 'end')]}}, /two choices/],
    ['a step nobody reaches', {...sound, island: sound.end}, /island: no way/],
    [
      'two steps that only reach each other',
      {
        ...sound,
        x: {kind: 'page', title: text, to: 'y'},
        y: {kind: 'page', title: text, to: 'x'},
      },
      /x: no way/,
    ],
    ['a loop', {...sound, ask: {...sound.ask, choices: [choice('a', 'end'), choice('b', 'ask')]}}, /again/],
    ['a missing translation', {...sound, end: {...sound.end, title: {fr: 'a', en: ''}}}, /missing/],
    ['a name that is no address', {...sound, 'a b': sound.end}, /usable name/],
  ]
  for (const [name, steps, fault] of bad) t.match(faultsOf(small(steps)).join('\n'), fault, name)
})

t.test('the way is what the answers lead to, not what the address claims', async t => {
  const ids = (answers: Record<string, string>, target: string) => walk(workstation, answers, target).map(one => one.id)
  t.same(ids({}, 'call-support'), ['start', 'topic'])
  t.same(ids({topic: 'slow', 'slow-since': 'longer'}, 'call-support'), ['start', 'topic', 'slow-since', 'call-support'])
  t.same(ids({topic: 'slow', 'slow-since': 'today'}, 'call-support'), [
    'start',
    'topic',
    'slow-since',
    'restart-computer',
  ])
  t.same(ids({topic: 'constructor'}, 'call-support'), ['start', 'topic'])
})

t.test('nothing of a query is kept but answers to questions', async t => {
  const query = new URLSearchParams('topic=slow&slow-since=never&email=jane&__proto__=x&solved=y&topic=network')
  t.same(answersIn(workstation, query), {topic: 'slow'})
})
