// The runbooks of a migration, in a world whose hosts keep folders and backups that outlive their process.
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {figuresIn} from '../../src/backup/steps.ts'
import {asEnvironment, type Environment} from '../../src/environment/model.ts'
import type {Platform} from '../../src/environment/steps.ts'
import {putFigures} from '../../src/ledger/backup.ts'
import {environmentsOf} from '../../src/ledger/environment.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {changeMigration, insertMigration, type MigrationChange} from '../../src/ledger/migration.ts'
import {insertOperation} from '../../src/ledger/operation.ts'
import {addOperator} from '../../src/ledger/operator.ts'
import {approveOverride, insertOverride} from '../../src/ledger/override.ts'
import {addRelease} from '../../src/ledger/release.ts'
import type {Action, Answer, Machine} from '../../src/machine/model.ts'
import {announce} from '../../src/maintenance/steps.ts'
import {migrationProduction} from '../../src/migration/production.ts'
import {migrationQualification} from '../../src/migration/qualification.ts'
import {readyToRollBack, readyToRun} from '../../src/migration/ready.ts'
import {migrationRollback} from '../../src/migration/rollback.ts'
import {pointBefore} from '../../src/restore/steps.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {hashOf} from '../../src/runbook/request.ts'
import type {Killable, Place} from './killable.ts'
import {type Disk, diskIn, figures, withFolders} from './restore-trials.ts'
import {standing} from './tenant-trials.ts'
import {putSites, type TenantWorld, tenantWorldOn} from './tenant-world.ts'

type World = TenantWorld<Ledger>

const [id, before, after] = ['g000000001', '0.1.0', '0.2.0']
const now = Temporal.Instant.from('2026-11-22T11:00:00Z')
const tried = {run: 'q', operator: 'ann@cmc.test', build: 'a', dataOf: `${now}`, at: `${now}`, seconds: {closed: 7}}
const said = {at: `${now}`, build: 'a', dataOf: `${now}`}
const validation = {...said, by: 'jdoe', email: 'jane.doe@acme.test', checklist: [{check: 'sign-in', ok: true}]}

export const qualifying = (place: Place) =>
  trial(place, migrationQualification, async ({ledger}, platform) => {
    await slotted(ledger, 'qualification', {state: 'qualification-planned'})
    return (await readyToRun(platform, id)).input
  })

export const migrating = (place: Place) =>
  trial(place, migrationProduction, async ({ledger}, platform) => {
    await ledger.all`update environment set version = ${after} where name = 'qualification'`
    await slotted(ledger, 'production', {state: 'production-planned', detail: {tried, validation}})
    await ledger.all`update delivery set state = 'accepted', accepted_at = ${now.subtract({hours: 80})}`
    return (await readyToRun(platform, id)).input
  })

export const rollingBack = (place: Place) =>
  trial(
    place,
    platform => migrationRollback(platform, async () => {}),
    async ({ledger}, platform) => {
      await ledger.all`update environment set version = ${after}`
      const safety = {label: labelOf(1), run: 'm', timeline: 1}
      const closed = {m: {from: `${now.subtract({minutes: 1})}`, to: `${now}`}}
      await changeMigration(ledger, {id, from: ['requested']}, {state: 'done', detail: {safety, closed}})
      const production = (await named(ledger)).find(({name}) => name === 'production') as Environment
      const point = pointBefore('m')
      await putFigures(ledger, {point, environment: production.id, at: now, figures: figuresIn(figures, point)})
      await twoPeople(ledger)
      return (await readyToRollBack(platform, id)).input
    },
  )

type Begin = (world: World, platform: Platform) => Promise<unknown>

function trial({ledger, folder}: Place, bookOn: (platform: Platform) => Runbook<never>, begin: Begin): Killable {
  const world = tenantWorldOn(ledger, {keys: folder, folder})
  const disk = diskIn(join(folder, 'disk.json'))
  const repository = repositoryIn(join(folder, 'repository.json'))
  const platform: Platform = {
    ...world.platform,
    machine: async name => withBackups(withFolders(world.machine(name), disk), repository),
    release: async (version, host) => {
      const found = await world.platform.release(version, host)
      return {...found, schemaLevel: version === after ? 2 : 1}
    },
  }
  return {
    runbook: bookOn(platform) as unknown as Runbook,
    begin: async () => {
      await putSites(ledger)
      await standing(world)
      await inService(ledger)
      return begin(world, platform)
    },
    state: async () => [alike(await named(ledger), await factsIn(ledger, disk.read())), await world.state()],
    effects: async () => ({...unpacked(world), ...repository.read().effects, ...exchanges(disk.read())}),
  }
}

/** acme's production is in service at 0.1, and somebody has asked for 0.2. */
async function inService(ledger: Ledger): Promise<void> {
  await ledger.all`update environment set phase = case name when 'production' then 'production' else 'implementation' end`
  for (const [version, schemaLevel] of [
    [before, 1],
    [after, 2],
  ] as const) {
    const file = {sha256: version, size: 1, signature: 's', manifest: {schema: {from: 0, to: schemaLevel}}}
    await addRelease(ledger, {version, architecture: 'x64', schemaLevel, ...file})
  }
  const asked = {askedBy: 'jdoe', ticket: 'EV-1', askedAt: now, detail: {from: before}}
  await insertMigration(ledger, {id, tenant: 'acme', version: after, ...asked})
}

/** Its slot has begun; who is concerned was told. */
async function slotted(ledger: Ledger, name: string, change: MigrationChange): Promise<void> {
  const [operation, environment] = ['m000000001', `acme/${name}`]
  const dated = {fromAt: now.subtract({minutes: 1}), untilAt: now.add({hours: 2})}
  const about = {id: operation, environment, title: `Self Help ${after}`, ...dated}
  const by = {agreedBy: 'jdoe', agreedAt: now, operator: 'ann@cmc.test', plannedAt: now}
  await insertOperation(ledger, {...about, plan: id, change: 'migration', ...by})
  await announce(ledger, now, {...about, kind: 'maintenance-planned', sequence: 0})
  await changeMigration(ledger, {id, from: ['requested']}, {...change, slot: {...dated, operation}})
}

async function twoPeople(ledger: Ledger): Promise<void> {
  for (const name of ['ann', 'joe'])
    await addOperator(ledger, {email: `${name}@cmc.test`, role: 'approver', publicKey: name})
  const [requester, approver] = ['ann@cmc.test', 'joe@cmc.test']
  const until = now.add({hours: 9})
  const what = {id: 'o1', environment: 'acme/production', rule: 'rollback'} as const
  const input = {...what, from: `${now}`, until: `${until}`}
  const request = {operator: requester, command: 'override request', input}
  const times = {fromAt: now, untilAt: until, requestedAt: now, answerBy: now.add({hours: 1})}
  const asked = {...what, change: undefined, reason: 'r', ...times, requester, request, signature: 's'}
  await insertOverride(ledger, asked)
  const approval = {operator: approver, command: 'override approve', input: {id: 'o1', request: hashOf(request)}}
  await approveOverride(ledger, {id: 'o1', approver, at: now, request: approval, signature: 's'})
}

async function named(ledger: Ledger): Promise<readonly Environment[]> {
  return (await environmentsOf(ledger)).map(asEnvironment)
}

async function factsIn(ledger: Ledger, {folders}: Disk): Promise<unknown> {
  return {
    folders,
    migration: await ledger.all`
      select state, run is not null run, ended_at is not null ended, array(select jsonb_object_keys(detail) order by 1) has
      from migration`,
    operation: await ledger.all`select state, run is not null run from operation`,
    environment: await ledger.all`select name, version, banner is not null banner from environment order by name`,
    copy: await ledger.all`select environment, origin from environment_copy`,
    validation: await ledger.all`select environment, what from validation`,
    notices: await ledger.all`
      select kind, count(*)::int from notice where withdrawn_at is null group by 1 order by 1`,
  }
}

function alike(environments: readonly Environment[], facts: unknown): unknown {
  const text = JSON.stringify(facts)
  return JSON.parse(environments.reduce((all, each, at) => all.replaceAll(each.id, `<environment ${at}>`), text))
}

/** Releases unpacked and schemas migrated, by host. */
function unpacked({machine}: World): Record<string, number> {
  const own = ['north-1', 'north-2'].flatMap(host =>
    [...machine(host).effects].flatMap(([what, times]) =>
      new RegExp(`^release ${after}|at level 2$`).test(what) ? [[`${host} ${what}`, times] as const] : [],
    ),
  )
  return Object.fromEntries(own)
}

function exchanges({effects}: Disk): Record<string, number> {
  return Object.fromEntries(Object.entries(effects).filter(([what]) => /^(?:swap|settle)/.test(what)))
}

interface Repository {
  /** Labels by environment, the oldest first. */
  readonly sets: Record<string, string[]>
  readonly effects: Record<string, number>
}

const labelOf = (number: number) => `20261122-${`${number}`.padStart(6, '0')}F`
const newest = '0000000100000000000000FF'
const seconds = now.epochMilliseconds / 1000

function repositoryIn(file: string) {
  const none: Repository = {sets: {}, effects: {}}
  const read = (): Repository => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : none)
  const take = (unit: string) => {
    const state = read()
    const [, environment = '', type] = /^(\w+)-backup-(full|incr)\.service$/.exec(unit) ?? []
    if (type === undefined) return
    const sets = setsOf(state, environment)
    state.sets[environment] = [...sets, labelOf(sets.length + 1)]
    state.effects[`take ${type}`] = (state.effects[`take ${type}`] ?? 0) + 1
    writeFileSync(file, JSON.stringify(state))
  }
  return {read, take}
}

/** There was one when it went into service. */
function setsOf({sets}: Repository, environment: string): readonly string[] {
  return sets[environment] ?? [labelOf(1)]
}

/** A host that takes backups, and whose databases archive what they write. */
function withBackups(machine: Machine, repository: ReturnType<typeof repositoryIn>): Machine {
  return {
    ...machine,
    ask: async questions => {
      const answers = await machine.ask(questions)
      return questions.map(({args}, at) => answerOf(args, repository.read()) ?? (answers[at] as Answer))
    },
    act: async (name, actions, fence) => {
      const answers = await machine.act(name, actions, fence)
      for (const {args} of actions.filter(isJob)) repository.take(args.at(-1) ?? '')
      return answers
    },
  }
}

const isJob = ({args}: Action) => args[3] === 'job' && args.includes('systemctl')

function answerOf(args: readonly string[], repository: Repository): Answer | undefined {
  const out = (text: string): Answer => ({exit: 0, out: text, err: ''})
  if (args.some(word => word.startsWith('SELFHELP_ENVIRONMENT='))) return out(JSON.stringify(archive))
  // The question about repositories is a program and the ids of environments.
  const ids = args[0] === 'perl' ? args.slice(3) : []
  if (ids.length === 0 || !ids.every(each => /^e\w{6}$/.test(each))) return undefined
  return out(ids.map(each => JSON.stringify(heldFor(each, repository))).join('\n'))
}

const archive = {
  timeline: 1,
  archivedAt: seconds,
  archivedSegment: newest,
  waiting: 0,
  command: 'c',
  failingSince: null,
  newest: seconds,
  heartbeatAt: seconds,
}

function heldFor(environment: string, repository: Repository) {
  const times = {timestamp: {start: seconds, stop: seconds}, archive: {start: newest, stop: newest}}
  const backup = setsOf(repository, environment).map(label => {
    return {label, type: 'full', error: false, ...times, info: {size: 1, repository: {}}, reference: null}
  })
  const attempt = {at: seconds, exit: 0}
  return {
    ...{id: environment, exit: 0, info: [{status: {code: 0, message: 'ok'}, backup}], gaps: [], timelines: []},
    ...{newest: {segment: newest, at: seconds}, free: 1, total: 2, verified: null},
    units: {full: attempt, incr: attempt, verify: null},
  }
}
