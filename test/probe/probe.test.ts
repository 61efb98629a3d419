import t from 'tap'
import {parseProbe} from '../../src/probe/model.ts'
import {argvAt} from '../../src/probe/way.ts'

t.test('a command is run in the namespace, or quoted for the far shell', async t => {
  const netns = parseProbe({name: 'outside', netns: 'lab-outside'})
  t.same(argvAt(netns, ['curl', 'a b']), ['ip', 'netns', 'exec', 'lab-outside', 'curl', 'a b'])
  const ssh = argvAt(parseProbe({name: 'paris', ssh: 'me@paris.test'}), ['curl', "it's; reboot", '$(id)'])
  t.same(ssh.slice(-2), ['me@paris.test', `'curl' 'it'\\''s; reboot' '$(id)'`])
})

t.test('a probe is in one place, and its place is no option of a program', async t => {
  for (const typed of [{}, {netns: 'a', ssh: 'b'}, {ssh: '-oProxyCommand=id'}, {netns: 'a;b'}])
    t.throws(() => parseProbe({name: 'outside', ...typed}), {exit: 2} as unknown as Error)
  t.throws(() => parseProbe({name: 'Out Side', netns: 'a'}), {exit: 2} as unknown as Error)
})
