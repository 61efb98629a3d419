import {parseArgs} from 'node:util'
import {coded, report} from '../../src/cli/trouble.ts'
import {Refusal} from '../../src/error.ts'
import {packageRoot} from '../../src/root.ts'
import {progressOn} from '../../src/terminal/progress.ts'
import {systemStreams} from '../../src/terminal/streams.ts'
import {down} from './down.ts'
import {up} from './up.ts'

/** Sets everything up, or takes everything away; gives the exit code. */
export async function quickstart(words: readonly string[], began: number): Promise<number> {
  process.chdir(packageRoot())
  const streams = systemStreams()
  const shown = {streams, progress: progressOn(streams.err)}
  try {
    const {down: away, purge, lab} = options(words)
    if (away) await down(shown, {lab, purge})
    else await up(shown, {lab, began})
    return 0
  } catch (thrown) {
    return report(coded(thrown), streams, false)
  }
}

function options(words: readonly string[]): {down: boolean; purge: boolean; lab: string} {
  const flag = {type: 'boolean', default: false} as const
  try {
    const {values} = parseArgs({
      args: [...words],
      options: {down: flag, purge: flag, lab: {type: 'string', default: 'lab'}},
    })
    if (values.purge && !values.down) throw new Error('--purge goes with --down')
    return values
  } catch (thrown) {
    throw new Refusal('input-invalid', (thrown as Error).message, {
      remedies: ['npm run quickstart', 'npm run quickstart -- --down', 'npm run quickstart -- --down --purge'],
    })
  }
}
