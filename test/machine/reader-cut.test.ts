// The reader on this machine, when the connection is cut while it asks how things are after its actions.
import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import t from 'tap'
import {localConnection} from '../../src/machine/local.ts'

const root = mkdtempSync(join(tmpdir(), 'selfhelp-cut-'))
t.teardown(() => rmSync(root, {recursive: true}))
const exchange = join(root, 'var/lib/selfhelp/exchange/one')

t.test('answers that nobody heard are not kept', async t => {
  const ask = (...args: string[]) => ({ask: 'run', args})
  const slow = ask('sh', '-c', 'sleep 4; : >"$1"', '-', join(root, 'asked'))
  const frames = [{act: 'run', args: ['true']}, ask('echo', 'a'), slow, ask('echo', 'b')]
  const fence = {lock: 'host:here', run: 'r1', epoch: 1}
  const cut = localConnection('here', {root, deadline: 2500})
  await t.rejects(cut.exchange({id: 'one', fence, frames}), {code: 'host-unreachable'})
  t.ok(
    readdirSync(exchange).some(name => name.startsWith('ask.2.')),
    'the first answer waits for the others',
  )
  const left = () => readdirSync(exchange).toSorted()
  for (let n = 0; n < 300 && !(existsSync(join(root, 'asked')) && left().length <= 4); n++) await setTimeout(100)
  t.strictSame(left(), ['1.err', '1.exit', '1.out', 'of'])
})
