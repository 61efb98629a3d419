import t from 'tap'
import {Bug, Failure, Refusal} from '../../src/error.ts'
import type {Step} from '../../src/runbook/model.ts'
import {during, type Fact, step, undo} from '../../src/runbook/step.ts'
import {errorOf} from '../../src/runbook/trouble.ts'
import {memoryRun} from '../support/memory-run.ts'

/** A small world: facts that are true, and how often each was made. */
function place() {
  const so = new Set<string>()
  const done: string[] = []
  const fact = (name: string, trouble?: () => Error | undefined): Fact => ({
    holds: async () => so.has(name),
    make: async () => {
      done.push(name)
      so.add(name)
      const thrown = trouble?.()
      if (thrown) throw thrown
    },
  })
  const not = (name: string): Fact => ({
    holds: async () => !so.has(name),
    make: async () => {
      done.push(`-${name}`)
      so.delete(name)
    },
  })
  const made = (name: string): Step => step(name, fact(name), undo.by(not(name)))
  return {so, done, fact, not, made}
}

const no = () => new Refusal('not-found', 'the tool says no')
const away = () => new Failure('host-unreachable', 'no answer')

t.test('a run makes what does not hold, in order, and says so', async t => {
  const {so, done, made} = place()
  so.add('b')
  const run = memoryRun()
  t.strictSame(await run.follow([made('a'), made('b'), made('c')]), {state: 'done'})
  t.strictSame(done, ['a', 'c'])
  t.strictSame(
    [...run.records.rows.values()].map(one => one.state),
    ['made', 'held', 'made'],
  )
  t.equal(run.records.state_, 'done')
})

t.test(
  'a refusal undoes in reverse what this run made, the failed step included, and nothing that held before',
  async t => {
    const {so, done, made, fact, not} = place()
    so.add('b')
    const run = memoryRun()
    const end = await run.follow([made('a'), made('b'), step('c', fact('c', no), undo.by(not('c')))])
    t.equal(end.state, 'undone')
    t.equal(errorOf('r1', end)?.exit, 3)
    t.strictSame(done, ['a', 'c', '-c', '-a'])
    t.strictSame([...so], ['b'])
  },
)

t.test('a step refused while it was only asked is not undone', async t => {
  const {done, made} = place()
  const asked = {...made('b'), holds: async () => Promise.reject(no())}
  const run = memoryRun()
  t.equal((await run.follow([made('a'), asked])).state, 'undone')
  t.strictSame(done, ['a', '-a'])
})

t.test('an outside failure is retried, and stops the run at its deadline with nothing undone', async t => {
  const {so, done, made} = place()
  let tries = 0
  const far: Step = {
    ...made('b'),
    within: 'PT5S',
    make: async () => {
      tries++
      throw away()
    },
  }
  const run = memoryRun()
  const end = await run.follow([made('a'), far])
  t.match(end, {state: 'stopped', stopped: {exit: 4, step: 'b', way: 'forward', trouble: {code: 'host-unreachable'}}})
  t.ok(tries > 3, `${tries} tries`)
  t.equal(run.events.filter(event => event.kind === 'retry').length, tries - 1)
  t.strictSame([...so], ['a'])

  t.equal((await run.follow([made('a'), made('b')])).state, 'done', 'resumed when the host is back')
  t.strictSame(done, ['a', 'b'])
})

t.test('a failure that ends within the deadline is no failure', async t => {
  const {made} = place()
  let tries = 0
  const flaky = {...made('a')}
  const make = async (at: Parameters<Step['make']>[0]) => (++tries < 3 ? Promise.reject(away()) : made('a').make(at))
  t.equal((await memoryRun().follow([{...flaky, make, holds: async () => tries >= 3}])).state, 'done')
})

t.test('past the point of no return a refusal stops the run, with the document that says what to do', async t => {
  const {so, made, fact} = place()
  const never = step('promoted', fact('promoted'), undo.never('it takes writes', 'docs/runbooks/x.md#after'))
  const run = memoryRun()
  const end = await run.follow([made('a'), never, step('c', fact('c', no))])
  t.match(end, {state: 'stopped', stopped: {exit: 6, step: 'c'}})
  t.match(errorOf('r1', end), {exit: 6, remedies: [/it takes writes: see docs/, /run resume r1/]})
  t.strictSame([...so], ['a', 'promoted', 'c'])
})

t.test('the point of no return itself, refused before it was begun, is undone; half made it is not', async t => {
  const {made, fact} = place()
  const never = undo.never('it takes writes', 'docs/x.md')
  const before = step('promoted', {holds: () => Promise.reject(no()), make: async () => {}}, never)
  t.equal((await memoryRun().follow([made('a'), before])).state, 'undone')
  t.match(await memoryRun().follow([made('a'), step('promoted', fact('promoted', no), never)]), {stopped: {exit: 6}})
})

t.test('an undo that fails stops the run with exit 6; resuming goes on undoing', async t => {
  const {so, made, fact, not} = place()
  let broken = true
  const back: Fact = {...not('a'), make: async at => (broken ? Promise.reject(no()) : not('a').make(at))}
  const steps = [step('a', fact('a'), undo.by(back)), made('b'), step('c', fact('c', no), undo.by(not('c')))]
  const run = memoryRun()
  const end = await run.follow(steps)
  t.match(end, {state: 'stopped', stopped: {exit: 6, step: 'a', way: 'undone'}})
  t.strictSame([...so], ['a'])
  broken = false
  t.equal((await run.follow(steps, 'undone')).state, 'undone')
  t.strictSame([...so], [])
})

t.test('a step that was made and does not hold is a Bug, and the run is resumable', async t => {
  const {made} = place()
  const end = await memoryRun().follow([{...made('a'), make: async () => {}}])
  t.match(end, {state: 'stopped', stopped: {exit: 1, trouble: {kind: 'bug'}}})
  t.type(errorOf('r1', end), Bug)
})

t.test('a run resumes by its own records: a bracket that was closed is not opened again', async t => {
  const {done, made, fact, not} = place()
  let broken = true
  const last = step(
    'z',
    fact('z', () => (broken ? away() : undefined)),
    {within: 'PT0S'},
  )
  const steps = [...during('frozen', {...fact('frozen'), atMost: 'PT10M'}, not('frozen'), [made('a')]), last]
  const run = memoryRun()
  t.equal((await run.follow(steps)).state, 'stopped')
  broken = false
  t.equal((await run.follow(steps)).state, 'done')
  t.strictSame(done, ['frozen', 'a', '-frozen', 'z'])
  t.equal(run.records.rows.get(0)?.until, '2026-11-22T11:10:00Z')
})

t.test('a run stopped inside a bracket leaves it open, and renews it on resume', async t => {
  const {so, done, made, fact, not} = place()
  let broken = true
  const inside: Step = {
    ...made('a'),
    within: 'PT0S',
    make: at => (broken ? Promise.reject(away()) : made('a').make(at)),
  }
  const steps = during('frozen', {...fact('frozen'), atMost: 'PT10M'}, not('frozen'), [inside])
  const run = memoryRun()
  t.match(await run.follow(steps), {state: 'stopped', stopped: {exit: 4}})
  t.ok(so.has('frozen'))
  broken = false
  t.equal((await run.follow(steps)).state, 'done')
  t.strictSame(done, ['frozen', 'frozen', 'a', '-frozen'])
})

t.test('a refusal inside a bracket closes it', async t => {
  const {so, fact, not} = place()
  const steps = during('frozen', {...fact('frozen'), atMost: 'PT10M'}, not('frozen'), [
    step('a', fact('a', no), undo.by(not('a'))),
  ])
  t.equal((await memoryRun().follow(steps)).state, 'undone')
  t.strictSame([...so], [])
})

t.test('one interrupt stops after the step, two in the middle of it; both are resumable, exit 130', async t => {
  const {done, made} = place()
  const soft = memoryRun()
  const first: Step = {...made('a'), make: async at => soft.soon.abort() ?? made('a').make(at)}
  const end = await soft.follow([first, made('b')])
  t.match(end, {state: 'stopped', stopped: {exit: 130, step: 'b'}})
  t.equal(errorOf('r1', end)?.exit, 130)
  t.strictSame(done, ['a'])

  const hard = memoryRun()
  const stuck: Step = {...made('c'), make: () => hard.now.abort() ?? new Promise(() => {})}
  t.match(await hard.follow([stuck]), {state: 'stopped', stopped: {exit: 130, step: 'c'}})
  t.equal(hard.records.rows.get(0)?.state, 'making')
})

t.test('a superseded executor ends at once and writes nothing more', async t => {
  const {made} = place()
  const run = memoryRun()
  const late: Step = {...made('b'), make: () => Promise.reject(new Refusal('epoch-superseded', 'newer'))}
  await t.rejects(run.follow([made('a'), late]), {code: 'epoch-superseded'})
  t.equal(run.records.state_, 'running')
  t.equal(run.records.rows.get(1)?.state, 'making')
})

t.test('a run begun with other steps is not followed', async t => {
  const {made} = place()
  const run = memoryRun()
  await run.follow([made('a'), {...made('b'), make: () => Promise.reject(new Bug('x'))}])
  t.match(await run.follow([made('a'), made('other')]), {
    state: 'stopped',
    stopped: {exit: 1, step: 'b', trouble: {facts: {recorded: 'b', now: 'other'}}},
  })
})

t.test('abandoning undoes a stopped run', async t => {
  const {so, made} = place()
  const run = memoryRun()
  await run.follow([made('a'), {...made('b'), make: () => Promise.reject(new Bug('x'))}])
  t.equal((await run.follow([made('a'), made('b')], 'abandoned')).state, 'abandoned')
  t.strictSame([...so], [])
})
