import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {Failure} from '../../src/error.ts'
import type {LabStatus} from '../../src/lab/status.ts'
import {paint} from '../../src/terminal/paint.ts'
import {makeHome, ownHome} from './home.ts'
import {asked, type Shown, selfhelp} from './selfhelp.ts'
import {setUp} from './set-up.ts'

const tenant = 'acme'

/** What each site of the example promises: country, tier, certificates. */
const sites = {
  north: ['--country', 'FR', '--tier', '3+', '--iso27001', '2027-06-30', '--soc2', '2027-03-31'],
  south: ['--country', 'FR', '--tier', '3+', '--iso27001', '2027-06-30', '--soc2', '2027-03-31'],
}
const application = ['edge', 'presentation', 'edition', 'database']
const roles: Readonly<Record<string, readonly string[]>> = {
  'north-1': application,
  'north-2': application,
  'south-1': ['repository'],
}

interface Environment {
  readonly name: string
  readonly url: string
  readonly curl: string
}

/** Everything from nothing to a page over https; the same again is quick and changes nothing. */
export async function up({streams, progress}: Shown, {lab, began}: {lab: string; began: number}): Promise<void> {
  ownHome()
  const times: [string, number][] = [['npm packages', Date.now() - began]]
  const part = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const from = Date.now()
    streams.err.write(`${paint(streams.err, 'strong', title)}\n`)
    const result = await work()
    times.push([title, Date.now() - from])
    return result
  }
  await part('Debian packages and build', () => setUp(progress))
  const status = await part('three lab hosts on two sites', () => labHosts(lab))
  await part('ledger, keys and first operator', ledger)
  await part('two sites, and a point that looks from outside', () => places(status))
  await part('hosts adopted', () => hosts(status))
  await part('release', release)
  await part(`tenant ${tenant}`, provision)
  const environment = await part('proof over https', prove)
  for (const [title, milliseconds] of times) {
    streams.err.write(`${`${(milliseconds / 1000).toFixed(1)} s`.padStart(9)}  ${title}\n`)
  }
  streams.out.write(`\nSelf Help of ${tenant} answers at ${environment.url}\n${environment.curl}\n`)
}

async function labHosts(lab: string): Promise<LabStatus> {
  await selfhelp('lab', 'up', '--lab', lab, '--site', 'north=2', '--site', 'south=1')
  return asked<LabStatus>('lab', 'status', '--lab', lab)
}

async function ledger(): Promise<void> {
  makeHome()
  await selfhelp('init')
}

async function places({outside}: LabStatus): Promise<void> {
  for (const [name, flags] of Object.entries(sites)) await selfhelp('site', 'add', name, ...flags)
  await selfhelp('probe', 'add', 'outside', '--netns', outside.netns)
}

async function hosts(status: LabStatus): Promise<void> {
  for (const {name, site, address, identity, hostKey} of status.hosts) {
    const its = (roles[name] ?? []).flatMap(role => ['--role', role])
    const access = ['--bootstrap-user', 'root', '--identity', identity, '--host-key', hostKey]
    await selfhelp('host', 'add', name, '--address', address, '--site', site, ...its, ...access)
  }
  await selfhelp('host', 'apply', '--all', '--reason', 'quickstart')
}

/** The first time only: a release is never changed, and this checkout may have gone on since. */
async function release(): Promise<void> {
  const {items} = await asked<{items: unknown[]}>('release', 'list')
  if (items.length === 0) await selfhelp('release', 'build', '--reason', 'quickstart')
}

async function provision(): Promise<void> {
  await selfhelp('tenant', 'create', tenant, '--contract', `examples/${tenant}.yaml`, '--reason', 'quickstart')
  await selfhelp('tenant', 'hand-over', tenant, '--by', 'jdoe', '--channel', 'meeting', '--reason', 'quickstart')
}

/** The very line that is printed, with the CA checked. */
async function prove(): Promise<Environment> {
  const {environments} = await asked<{environments: Environment[]}>('tenant', 'show', tenant)
  const environment = environments.find(({name}) => name.endsWith('production'))
  if (!environment) throw new Failure('quickstart-stopped', `${tenant} has no production environment.`)
  try {
    const {stdout} = await promisify(execFile)('sh', ['-c', `${environment.curl} --silent --show-error --fail`])
    if (/<html/i.test(stdout)) return environment
    throw new Error('it is no page')
  } catch (cause) {
    throw new Failure('quickstart-stopped', `${environment.url} does not answer as it should.`, {
      facts: {curl: environment.curl, why: (cause as Error).message},
      remedies: [environment.curl, 'selfhelp doctor'],
      cause,
    })
  }
}
