import {labDown} from '../src/lab/down.ts'
import {labUp as up} from '../src/lab/up.ts'
import {silent, testLab} from '../test/support/lab.ts'
import {type Compared, within} from './pairs.ts'

/** Three lab hosts on two sites from the cached image until they answer over SSH. */
export async function labUp({pairs}: {pairs: number}): Promise<Compared[]> {
  const name = testLab('-bench')
  const sites = [
    {name: 'north', count: 2},
    {name: 'south', count: 1},
  ]
  const run = async () => {
    const began = performance.now()
    try {
      await up({name, sites}, silent)
      return performance.now() - began
    } finally {
      await labDown(name, [], silent)
    }
  }
  // The first of all on a machine makes the image.
  await run()
  return [
    await within({name: 'lab up, 3 hosts', ours: {name: 'lab up', run}, atMost: 10_000, times: Math.min(pairs, 3)}),
  ]
}
