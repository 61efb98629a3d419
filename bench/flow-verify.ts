import {join} from 'node:path'
import {packageRoot} from '../src/root.ts'
import {prepared, typed} from './centre.ts'
import {type Compared, program, within} from './pairs.ts'

const hosts = 5

/** Every flow of five hosts tried from outside and from each of them, and all their ports scanned; a whole process. */
export async function flowVerify({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  await using centre = await prepared(hosts)
  const {cmc} = centre
  await typed(cmc, 'probe', 'add', 'outside', '--netns', (await cmc.status()).outside.netns)
  const ours = (...words: readonly string[]) =>
    program(['flow verify', ...words].join(' '), [join(packageRoot(), 'bin/selfhelp'), 'flow', 'verify', ...words], {
      SELFHELP_HOME: cmc.home,
    })
  const quick = await ours('--quick').run()
  console.log(`    without the scan of all ports: ${quick.toFixed(0)} ms`)
  const [name, times] = [`flow verify, ${hosts} hosts`, Math.min(pairs, 3)]
  return [await within({name, ours: ours(), atMost: 60_000, times})]
}
