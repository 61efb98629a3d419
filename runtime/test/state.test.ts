import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {effective, followState, parseState} from '../src/state.ts'

const noon = Date.parse('2026-11-22T12:00:00Z')

t.test('until is kept by the runtime itself: from then on open and without a banner', async t => {
  const state = parseState(
    '{"mode": "closed", "until": "2026-11-22T13:00:00+01:00", "banner": {"fr": "Bientôt", "en": "Soon"}}',
  )
  t.same(effective(state, noon - 1), state)
  t.same(effective(state, noon), {mode: 'open', neutralised: false})
})

t.test('neutralised outlives until: it protects others, not this environment', async t => {
  const state = parseState('{"mode": "read-only", "until": "2026-11-22T12:00:00Z", "neutralised": true}')
  t.same(effective(state, noon + 1), {mode: 'open', neutralised: true})
})

t.test('a copy stays one past until, and says of what and of when', async t => {
  const copy = {of: 'acme/production', at: '2026-11-17T13:32:00Z'}
  const state = parseState(JSON.stringify({mode: 'closed', until: '2026-11-22T12:00:00Z', neutralised: true, copy}))
  t.same(effective(state, noon + 1), {mode: 'open', neutralised: true, copy})
})

t.test('closed without until stays closed', async t => {
  t.equal(effective(parseState('{"mode": "closed", "until": null, "banner": null}'), noon * 2).mode, 'closed')
})

t.test('what is not a state is refused with every problem', async t => {
  const bad = [
    '',
    'null',
    '[]',
    '{}',
    '{"mode": "shut"}',
    '{"mode": "open", "until": "2026-11-22 12:00"}',
    '{"mode": "open", "until": "2026-11-22T12:00:00"}',
    '{"mode": "open", "until": 1}',
    '{"mode": "open", "banner": "hello"}',
    '{"mode": "open", "banner": {"de": "hallo"}}',
    '{"mode": "open", "neutralised": "yes"}',
    '{"mode": "open", "neutralized": true}',
    '{"mode": "open", "copy": "acme/production"}',
    '{"mode": "open", "copy": {"of": "acme/production", "at": "yesterday"}}',
    '{"mode": "open", "copy": {"of": "<b>", "at": "2026-11-17T13:32:00Z"}}',
  ]
  for (const text of bad) t.throws(() => parseState(text), text)
  t.throws(() => parseState('{"mode": 1, "until": 2}'), /mode: .*; until: /)
})

t.test('a broken file keeps the state that was known and says so', async t => {
  const file = join(t.testdir({'state.json': '{"mode": "read-only"}'}), 'state.json')
  const source = followState(file, () => noon)
  t.same([source.now().mode, source.problem, source.known], ['read-only', undefined, true])
  writeFileSync(file, '{"mode": "op')
  t.equal(source.now().mode, 'read-only', 'nothing is read before it is asked for')
  source.reread()
  t.equal(source.now().mode, 'read-only')
  t.match(source.problem, /JSON/)
  writeFileSync(file, '{"mode": "open"}')
  source.reread()
  t.same([source.now().mode, source.problem], ['open', undefined])
})

t.test('with no state ever read, nobody is let in and nothing out', async t => {
  const source = followState(join(t.testdir(), 'none.json'), () => noon)
  t.same([source.now(), source.known], [{mode: 'closed', neutralised: true}, false])
})
