import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {packageRoot} from '../../src/root.ts'

export interface Flag {
  readonly name: string
  readonly type: 'boolean' | 'option'
  readonly description?: string
  readonly required?: boolean
  readonly multiple?: boolean
  readonly char?: string
  readonly helpValue?: string
  readonly options?: readonly string[]
  readonly default?: unknown
}

export interface Arg {
  readonly name: string
  readonly description?: string
  readonly required?: boolean
  readonly options?: readonly string[]
}

export interface CommandFacts {
  readonly id: string
  readonly summary?: string
  readonly strict: boolean
  readonly hidden: boolean
  readonly flags: Readonly<Record<string, Flag>>
  readonly args: Readonly<Record<string, Arg>>
  readonly examples?: readonly string[]
}

/** Every command of ours as the manifest of the last `npm run build` has it, in order of its words. */
export function commands(): CommandFacts[] {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8'))
  const found: CommandFacts[] = Object.values(manifest.commands)
  return found.map(each => ({...each, id: each.id.replaceAll(':', ' ')})).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
