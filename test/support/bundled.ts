import {mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Centre} from './centre.ts'
import {secretsOf} from './evidence.ts'
import {needlesOf} from './needle.ts'
import {must} from './prepared.ts'
import {run} from './process.ts'
import {type Finding, search} from './search.ts'

export interface Bundled {
  /** Each part of the bundle by its name. */
  readonly parts: Readonly<Record<string, string>>
  /** Secrets of the control plane that stand in it. */
  readonly secrets: readonly Finding[]
}

/** The support bundle of a run as its makers get it: unpacked, read, and searched for every secret there is. */
export async function bundled(cmc: Centre, id: string, name: string): Promise<Bundled> {
  const folder = join(cmc.home, '..', name)
  mkdirSync(folder)
  const file = join(folder, 'bundle.tar.gz')
  await must(cmc, 'support-bundle', id, '--file', file)
  await run(['tar', '-xzf', file, '-C', folder])
  const inside = join(folder, `selfhelp-${id}`)
  const parts = readdirSync(inside).map(part => [part, readFileSync(join(inside, part), 'utf8')] as const)
  const needles = needlesOf(await secretsOf(cmc.home))
  if (needles.size === 0) throw new Error('no secret is known, so none can be found')
  return {parts: Object.fromEntries(parts), secrets: await search(needles, [inside])}
}
