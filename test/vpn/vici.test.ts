import t from 'tap'
import {answer, listenTo, request, swanctlText} from '../../src/vpn/vici.ts'

t.test('a command is a packet with its name and message', async t => {
  t.equal(request('version').toString('hex'), '000776657273696f6e')
  t.equal(listenTo('list-sa').toString('hex'), '03076c6973742d7361')
  const message = {a: 'b', list: ['x', 'yy'], inner: {deep: {k: 'v'}}}
  const bytes = request('x', message).subarray(3)
  t.same(answer(Buffer.concat([Buffer.of(1), bytes])).message, message)
})

t.test('an event has its name; a confirmation says nothing', async t => {
  const event = Buffer.concat([
    Buffer.from('07076c6973742d7361', 'hex'),
    request('x', {acme: {state: 'UP'}}).subarray(3),
  ])
  t.same(answer(event), {event: 'list-sa', message: {acme: {state: 'UP'}}})
  t.same(answer(Buffer.of(5)), {message: {}})
  t.throws(() => answer(Buffer.of(2)), RangeError)
})

t.test('what is cut short is no answer', async t => {
  const whole = Buffer.concat([Buffer.of(1), request('x', {key: 'value'}).subarray(3)])
  for (const length of [3, 5, 8]) t.throws(() => answer(whole.subarray(0, length)), RangeError)
})

t.test('the same tree is text for swanctl, and bytes are not', async t => {
  t.equal(swanctlText({a: {b: 'c', d: ['e', 'f']}}), 'a {\n    b = c\n    d = e, f\n}\n')
  t.throws(() => swanctlText({certs: Buffer.of(1)}), RangeError)
})
