// The reader on this machine, when its connection is cut in the middle of an exchange.
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import t from 'tap'
import {localConnection} from '../../src/machine/local.ts'
import {there} from '../support/there.ts'

const root = mkdtempSync(join(tmpdir(), 'selfhelp-cut-'))
t.teardown(() => rmSync(root, {recursive: true}))
const at = (name: string) => join(root, name)
const exchange = (id: string) => at(`var/lib/selfhelp/exchange/${id}`)
const fence = {lock: 'host:here', run: 'r1', epoch: 1}

/** Says that it was begun, takes as long as the connection lives, and says that it has ended. */
const slow = (name: string, id: string) => {
  const script = ': >"$1.begun"; until ls "$2"/gone.*; do sleep 0.1; done >&2; echo done >>"$1"'
  return ['sh', '-c', script, '-', at(name), exchange(id)]
}
/** A connection that is cut as soon as such a one was begun. */
const cutIn = (name: string) => localConnection('here', {root, lost: there(at(`${name}.begun`))})

t.test('answers that nobody heard are not kept', async t => {
  const ask = (...args: string[]) => ({ask: 'run', args})
  const frames = [{act: 'run', args: ['true']}, ask('echo', 'a'), ask(...slow('asked', 'one')), ask('echo', 'b')]
  await t.rejects(cutIn('asked').exchange({id: 'one', fence, frames}), {code: 'host-unreachable'})
  t.ok(
    readdirSync(exchange('one')).some(name => name.startsWith('ask.2.')),
    'the first answer waits for the others',
  )
  const left = () => readdirSync(exchange('one')).toSorted()
  await there(at('asked'))
  for (let n = 0; n < 300 && left().length > 4; n++) await setTimeout(100)
  t.strictSame(left(), ['1.err', '1.exit', '1.out', 'of'])
})

t.test('it stops after the operation it was in, and the rest is done when asked again', async t => {
  const run = (...args: string[]) => ({act: 'run', args})
  const frames = [run(...slow('slow', 'two')), run('sh', '-c', 'echo done >>"$1"', '-', at('next'))]
  const facts = {answered: 0}
  await t.rejects(cutIn('slow').exchange({id: 'two', fence, frames}), {code: 'host-unreachable', facts})
  await there(at('slow'))
  const connection = localConnection('here', {root})
  // Waits for the lock that the cut exchange holds to its end.
  await connection.exchange({id: 'three', fence, frames: []})
  t.equal(readFileSync(at('slow'), 'utf8'), 'done\n')
  t.notOk(existsSync(at('next')))
  await connection.exchange({id: 'two', fence, frames})
  t.equal(readFileSync(at('slow'), 'utf8') + readFileSync(at('next'), 'utf8'), 'done\ndone\n')
})
