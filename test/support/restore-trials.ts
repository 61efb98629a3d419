// The runbooks that copy production elsewhere, in a world whose hosts keep folders that outlive their process.
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {asEnvironment, type Environment, hostOf} from '../../src/environment/model.ts'
import {putCopy} from '../../src/ledger/copy.ts'
import {environmentsOf} from '../../src/ledger/environment.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {changeRestore, insertRestore} from '../../src/ledger/restore.ts'
import type {Action, Answer, Machine, Question} from '../../src/machine/model.ts'
import {restoreCopy} from '../../src/restore/copying.ts'
import {type LiftInput, restoreLift} from '../../src/restore/lift.ts'
import type {CopyInput} from '../../src/restore/work.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import type {Killable, Place} from './killable.ts'
import {standing} from './tenant-trials.ts'
import {putSites, type TenantWorld, tenantWorldOn} from './tenant-world.ts'

type World = TenantWorld<Ledger>
type Two = {readonly source: Environment; readonly into: Environment}

const moment = Temporal.Instant.from('2026-11-17T13:32:00Z')

export const copying = (place: Place) =>
  trial(place, restoreCopy, async ({ledger}, {source, into}): Promise<CopyInput> => {
    const asked = {askedBy: 'jdoe', channel: 'support', ticket: 'EV-1', askedAt: moment, dueAt: moment}
    await insertRestore(ledger, {id: 'rs00000001', environment: source.id, copiedTo: into.id, target: moment, ...asked})
    await changeRestore(ledger, {id: 'rs00000001', from: ['requested']}, {state: 'agreed'})
    return {
      ...{restore: 'rs00000001', id: into.id, tenant: 'acme', name: into.name, host: hostOf(into, 'database')},
      ...{set: '20261117-010000F', timeline: 1, goal: {kind: 'time', at: `${moment}`}, from: ['agreed'], to: 'done'},
      ...{source: {id: source.id, name: source.name}, masking: ['accounts']},
    }
  })

export const lifting = (place: Place) =>
  trial(place, restoreLift, async ({ledger}, {into: {id, tenant, name}}): Promise<LiftInput> => {
    const row = {environment: id, origin: 'acme/production', moment, masked: [], madeAt: moment}
    await putCopy(ledger, {...row, liftedAt: undefined, liftedBy: undefined})
    return {id, tenant, name, by: 'jdoe'}
  })

type Book = typeof restoreCopy | typeof restoreLift

function trial(
  {ledger, folder}: Place,
  bookOn: Book,
  begin: (world: World, two: Two) => Promise<CopyInput | LiftInput>,
): Killable {
  const world = tenantWorldOn(ledger, {keys: folder, folder})
  const disk = diskIn(join(folder, 'disk.json'))
  const platform = {...world.platform, machine: async (name: string) => withFolders(world.machine(name), disk)}
  const named = async (id: string) =>
    (await environmentsOf(ledger)).map(asEnvironment).find(one => one.id === id) as Environment
  return {
    runbook: bookOn(platform, named) as unknown as Runbook,
    begin: async () => {
      await putSites(ledger)
      await standing(world)
      await ledger.all`update environment set phase = 'implementation'`
      const [source, into] = (await environmentsOf(ledger)).map(asEnvironment)
      return begin(world, {source, into} as Two)
    },
    state: async () => {
      const ids = (await environmentsOf(ledger)).map(({id}) => id)
      const rows = {
        restore: await ledger.all`select state, copied_to from restore`,
        copy: await ledger.all`select environment, origin, masked, lifted_by from environment_copy`,
      }
      const text = JSON.stringify({rows, folders: disk.read().folders})
      const alike = ids.reduce((said, id, at) => said.replaceAll(id, `<environment ${at}>`), text)
      return [JSON.parse(alike), await world.state()]
    },
    effects: async () => disk.read().effects,
  }
}

/** What a host's disk keeps while processes come and go. */
export interface Disk {
  /** What lies in `/var/lib/postgresql`: what each folder holds. */
  readonly folders: Record<string, string>
  readonly effects: Record<string, number>
}

/** A disk in a file. */
export function diskIn(file: string) {
  const read = (): Disk => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {folders: {}, effects: {}})
  const write = (change: (disk: Disk) => void) => {
    const disk = read()
    change(disk)
    writeFileSync(file, JSON.stringify(disk))
  }
  return {read, write}
}

/** A host whose jobs end at once, and do to folders what the real ones do. */
export function withFolders(machine: Machine, disk: ReturnType<typeof diskIn>): Machine {
  return {
    ...machine,
    ask: async questions => {
      const answers = await machine.ask(questions)
      return questions.map((question, at) => answerTo(question, disk.read()) ?? (answers[at] as Answer))
    },
    act: async (id, actions, fence) => {
      const answers = await machine.act(id, actions, fence)
      for (const action of actions) disk.write(state => done(action, state))
      return actions.map(({act, args}, at) =>
        act === 'run_as' && args.includes('-f') ? figures : (answers[at] as Answer),
      )
    },
  }
}

/** What every measuring gives there. */
export const figures: Answer = {
  exit: 0,
  out: 'at|1763386320\nlevel|1\ntable|1|7|"content.feedback"\ncounted|\n',
  err: '',
}

function answerTo({args}: Question, {folders}: Disk): Answer | undefined {
  if (args[0] === 'test' && args[1] === '-e') return {exit: (args[2] ?? '') in folders ? 0 : 1, out: '', err: ''}
  return args[3] === 'job' ? {exit: 0, out: ['0', '1\n', ''].join('\0'), err: ''} : undefined
}

/** The program of ours that runs: its name stands where `sh -c` takes it. */
function done({act, args}: Action, {folders, effects}: Disk): void {
  const job = args[3] === 'job' ? args.slice(args.indexOf('sh', 4)) : args
  const [word = '', ...words] = job.slice(3)
  if (act === 'directory') folders[args[0] ?? ''] = 'nothing'
  if (word === 'drop')
    for (const path of Object.keys(folders)) if (path.startsWith(words[1] ?? '?')) delete folders[path]
  if (word === 'lay') folders[words[0] ?? ''] = 'production'
  if (word === 'settle' || word === 'reach') folders[`${words[1]}/.selfhelp-reached`] = 'ready'
  if (word === 'swap') swapped(words, folders)
  if (['lay', 'settle', 'swap'].includes(word)) {
    const what = word === 'swap' ? `swap ${words[0]}` : word
    effects[what] = (effects[what] ?? 0) + 1
  }
}

function swapped([way, id, , before = '', next = '']: readonly string[], folders: Record<string, string>): void {
  const live = `/var/lib/postgresql/15/${id}`
  const held = folders[live] ?? 'its own'
  const [from, to] = way === 'in' ? [next, before] : [before, next]
  if (!(from in folders)) return
  folders[to] = held
  folders[live] = folders[from] ?? ''
  delete folders[from]
  delete folders[`${next}/.selfhelp-reached`]
}
