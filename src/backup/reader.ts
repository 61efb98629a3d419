import {type Environment, hostOf} from '../environment/model.ts'
import {asWanted, environmentLock, type Platform} from '../environment/steps.ts'
import type {Fact} from '../runbook/step.ts'
import {pairOf} from './pair.ts'
import {absent, readerEnd} from './wanted.ts'

type Which = () => Promise<Environment>

/**
 * The host of one environment's database may read another's backups, and no more: what opens them stays with their
 * repository. Where both databases are on one host it may anyhow.
 */
export function readable(platform: Platform, {of, by}: {readonly of: Which; readonly by: Which}): Ways {
  const parts = async (gone: boolean) => {
    const [source, reader] = await Promise.all([of(), by()])
    const host = hostOf(reader, 'database')
    if (host === hostOf(source, 'database')) return []
    const wanted = readerEnd(await pairOf(platform, source))
    const machine = await platform.machine(host)
    return [{machine, wanted: gone ? absent(wanted) : wanted, lock: environmentLock(reader.id)}]
  }
  return {open: asWanted(() => parts(false)), closed: asWanted(() => parts(true))}
}

interface Ways {
  readonly open: Fact
  readonly closed: Fact
}
