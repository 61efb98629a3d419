import {Readable} from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import {encoded, Reading} from '../../src/machine/wire.ts'
import {Secret} from '../../src/secret/secret.ts'

const fence = {lock: 'host:north-1', run: 'r1', epoch: 3}

t.test('an exchange says the length of everything before it comes', async t => {
  const frames = [
    {ask: 'stat', args: ['/etc/motd']},
    {act: 'run', args: ['printf', 'a\nb\\c'], input: new Secret('é')},
  ]
  const text = 'ask stat 0 1 0\n/etc/motd\nact run 0 2 2\nprintf\na\\nb\\\\c\n'
  t.equal(`${await encoded({id: 'x', fence, frames})}`, `exchange x host:north-1 r1 3 1 2 ${text.length} 2\n${text}é`)
})

t.test('an exchange that only asks holds no lock', async t => {
  t.match(`${await encoded({id: 'x', frames: []})}`, 'exchange x - - 0 0 0 0 0')
})

t.test('a stream that is shorter or longer than it said is a Bug, not a half file', async t => {
  for (const size of [3, 5]) {
    const input = {size, open: () => Readable.from([Buffer.from('four')])}
    await t.rejects(encoded({id: 'x', fence, frames: [{act: 'run', args: [], input}]}), {code: 'bug'})
  }
})

t.test('whatever bytes a machine says, in whatever pieces, are read as they were', async t => {
  const answer = fc.record({exit: fc.nat(255), out: fc.string({unit: 'binary'}), err: fc.string({unit: 'binary'})})
  const property = fc.property(fc.array(answer, {maxLength: 5}), fc.nat(40), (answers, piece) => {
    const said = answers.map(({exit, out, err}, n) => {
      const header = `frame ${n + 1} ${exit} ${Buffer.byteLength(out)} ${Buffer.byteLength(err)}\n`
      return `${header}${out}${err}`
    })
    const all = Buffer.from(`Welcome to Debian\nselfhelp 1\n${said.join('')}end\n`)
    const reading = new Reading()
    for (let from = 0; from < all.length; from += piece + 1) reading.add(all.subarray(from, from + piece + 1))
    return reading.ending.kind === 'end' && JSON.stringify(reading.answers) === JSON.stringify(answers)
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('a machine that has fallen to somebody cannot bring us down with its answer', async t => {
  const heard = (...said: string[]) => {
    const reading = new Reading()
    for (const part of said) reading.add(Buffer.from(part))
    return reading
  }
  const code = 'exchange-failed'
  for (const lengths of ['1e15 0', '-40 0', 'x 0', '0 NaN', '', '0 999999999999'])
    t.throws(() => heard(`selfhelp 1\nframe 1 0 ${lengths}\n`), {code}, lengths)
  t.throws(() => heard('selfhelp 1\n', 'x'.repeat(70_000)), {code})
  t.throws(() => heard('x'.repeat(70_000)), {code})
  t.throws(() => heard('selfhelp 1\nrun rm\n'), {code})
  const endless = new Reading()
  endless.add(Buffer.from('selfhelp 1\nframe 1 0 268435456 268435456\n'))
  const part = Buffer.alloc(64_000_000)
  t.throws(() => [1, 2, 3, 4, 5].forEach(() => void endless.add(part)), {code})
})
