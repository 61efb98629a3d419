import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {localConnection} from '../../src/machine/local.ts'

const root = mkdtempSync(join(tmpdir(), 'selfhelp-tickets-'))
t.teardown(() => rmSync(root, {recursive: true}))
const connection = localConnection('here', {root, deadline: 30_000})
const fence = {lock: 'edge:ticket-keys', run: 'r1', epoch: 1}
const file = join(root, 'edge', 'ticket-keys')
mkdirSync(join(root, 'edge'))
let ids = 0

const keys = () => readFileSync(file, 'utf8').trimEnd().split('\n')

async function counted(): Promise<string | undefined> {
  const [answer] = await connection.exchange({id: `ask-${++ids}`, frames: [{ask: 'haproxy_tickets', args: [file]}]})
  return answer?.out.split(' ')[0]
}

async function made(count: number) {
  const frames = [{act: 'haproxy_tickets', args: [file, `${count}`], shared: true}]
  const [answer] = await connection.exchange({id: `act-${++ids}`, fence, frames})
  if (answer?.exit !== 0) throw new Error(answer?.err)
}

t.test('keys of session tickets are three, the machine’s own, and go one by one', async t => {
  await made(3)
  t.equal(await counted(), '3')
  t.equal(statSync(file).mode & 0o777, 0o600)
  const before = keys()
  t.equal(new Set(before).size, 3)
  await made(1)
  t.strictSame(keys().slice(0, 2), before.slice(1))
})

t.test('keys that were cut off or are none are not counted, and give way to new ones', async t => {
  const [whole = ''] = keys()
  const spoilt = {
    'the last is cut off': `${whole}\n${whole}\n${whole.slice(0, 40)}`,
    'one line is none': `${whole}\n# by hand\n${whole}\n`,
    'one too many is none': `${whole}\n${whole}\n${whole}\nxyz`,
    'nothing is left': '',
  }
  for (const [what, text] of Object.entries(spoilt)) {
    writeFileSync(file, text)
    t.not(await counted(), '3', what)
    await made(3)
    t.equal(await counted(), '3', what)
    t.ok(keys().every(key => key.length === 108 && key !== whole))
  }
})
