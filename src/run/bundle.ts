import {existsSync, readFileSync} from 'node:fs'
import {arch, platform, release} from 'node:os'
import {join, resolve} from 'node:path'
import type {Clock} from '../clock.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {applied} from '../ledger/level.ts'
import {masked} from '../ledger/mask.ts'
import {attemptsOfRun, journalOfRun, runById, stepsOfRun} from '../ledger/run.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {packageRoot} from '../root.ts'
import type {Registry} from '../runbook/registry.ts'
import {assertNoLink, writeWhole} from '../secret/private-file.ts'
import {archive} from './archive.ts'
import {hiding} from './hiding.ts'
import {type Asking, environmentsOf, hostsOnRun} from './hosts.ts'
import {showRun} from './show.ts'

export interface Bundling extends Asking {
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly home: string
  readonly runbooks: Registry
  /** Where the file goes; default: here, named by the run. */
  readonly file?: string | undefined
}

export interface Bundle {
  readonly run: string
  readonly file: string
  readonly bytes: number
  readonly contents: readonly string[]
}

const lastLines = 500

/**
 * Everything the makers need to understand one run, in one file, also from its hosts; a secret is `***`.
 * Refusals `not-found`, `in-the-way` where the file is a link.
 */
export async function supportBundle(id: string, bundling: Bundling): Promise<Bundle> {
  const {ledger, clock, home, runbooks, secrets} = bundling
  const name = `selfhelp-${id.replaceAll('/', '.')}`
  const file = resolve(bundling.file ?? `${name}.tar.gz`)
  assertNoLink(file)
  const [row, shown] = [await runById(ledger, id), await showRun(ledger, id, runbooks)]
  const now = clock.now()
  const files = {
    'run.json': json(shown),
    'plan.json': json({
      title: row.title,
      input: row.input,
      planHash: row.planHash,
      steps: shown.steps.map(({name}) => name),
    }),
    'request.json': json(row.request),
    'journal.jsonl': (await journalOfRun(ledger, id)).map(entry => `${JSON.stringify(masked(entry))}\n`).join(''),
    'attempts.json': json(await attemptsOfRun(ledger, id)),
    'versions.json': json(await versions(ledger, now.toString())),
    'postgres.log': tailOf(join(home, 'postgres.log')),
    ...(await hostsOnRun(bundling, row, await stepsOfRun(ledger, id))),
  }
  const hide = await hiding({ledger, secrets, environments: environmentsOf(row)})
  const hidden = Object.fromEntries(Object.entries(files).map(([part, text]) => [part, hide(text)]))
  const bytes = archive(name, hidden, Math.floor(now.epochMilliseconds / 1000))
  writeWhole(file, bytes)
  return {run: id, file, bytes: bytes.length, contents: Object.keys(files)}
}

async function versions(ledger: Ledger, at: string) {
  const {version} = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {version: string}
  const server = await ledger.one<{version: string}>`select version()`
  const system = `${platform()} ${release()} ${arch()}`
  return {
    at,
    selfhelp: version,
    node: process.version,
    system,
    postgresql: server?.version,
    migrations: await applied(ledger),
  }
}

function tailOf(file: string): string {
  if (!existsSync(file)) return ''
  return readFileSync(file, 'utf8').split('\n').slice(-lastLines).join('\n')
}

function json(value: unknown): string {
  return `${JSON.stringify(masked(value), undefined, 2)}\n`
}
