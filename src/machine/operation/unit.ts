import type {Action, Answer, Change, Operation, Question, UnitWanted} from '../model.ts'
import {Unreadable, wellFormed} from './read.ts'
import {statFact} from './stat.ts'

/**
 * A systemd unit: enabled, running, and younger than the files it was started from. Whether a reload is due is observed
 * (files against the last load), never remembered, so a crash between the file and the reload loses nothing.
 */
export const unit: Operation<UnitWanted> = {
  kind: 'unit',
  title: want => `unit ${want.name}`,
  questions: want => [
    {ask: 'unit', args: [want.name]},
    {ask: 'stat', args: [`/run/selfhelp/loaded/${want.name}`]},
    ...[...reloadFiles(want), ...restartFiles(want)].map((path): Question => ({ask: 'stat', args: [path]})),
  ],
  compare(want, answers, touched = new Set()) {
    const have = unitFact(answers[0])
    if (want.absent) return removal(want, have)
    const verbs = [
      ...load(want, have, touched),
      ...(isEnabled(have) === want.enabled || have.file === 'static' ? [] : [want.enabled ? 'enable' : 'disable']),
      ...running(want, have, {answers, touched}),
    ]
    if (verbs.length === 0) return []
    return [{of: unit.title(want), what: verbs.join(', '), actions: [units(want, verbs)]}]
  },
}

function units({name, shared}: UnitWanted, verbs: readonly string[]): Action {
  return {act: 'units', args: [verbs.join(','), name], ...(shared ? {shared} : {})}
}

interface UnitFact {
  readonly load: string
  readonly active: string
  readonly sub: string
  readonly file: string
  readonly stale: boolean
  /** Nanoseconds since 1970; 0 when it never ran. */
  readonly since: bigint
}

/** Parses one block of `systemctl show --timestamp=us+utc`. */
export function unitFact(answer: Answer | undefined): UnitFact {
  const values = new Map(
    answer?.out.split('\n').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const value = (name: string) => values.get(name) ?? ''
  return {
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    file: value('UnitFileState'),
    stale: value('NeedDaemonReload') === 'yes',
    since: instant(value('InactiveExitTimestamp')),
  }
}

const instantForm = /(\d{4}-\d\d-\d\d) ([01]\d|2[0-3])(:[0-5]\d:[0-5]\d)(?:\.(\d{1,6}))? UTC$/

/** `Sun 2026-11-22 11:04:18.123456 UTC`; nothing, or `n/a`, when it never ran. */
function instant(text: string): bigint {
  if (text === '' || text === 'n/a') return 0n
  const [, day, hour, rest, micros = '0'] = instantForm.exec(wellFormed(text, instantForm, 'an instant')) ?? []
  const milliseconds = Date.parse(`${day}T${hour}${rest}Z`)
  if (Number.isNaN(milliseconds)) throw new Unreadable(`an instant cannot be ${JSON.stringify(text)}`)
  return BigInt(milliseconds) * 1_000_000n + BigInt(micros.padEnd(6, '0')) * 1000n
}

const isEnabled = ({file}: UnitFact) => ['enabled', 'enabled-runtime', 'alias', 'generated'].includes(file)
const isUp = ({active, sub}: UnitFact) =>
  ['active', 'reloading', 'activating'].includes(active) && sub !== 'auto-restart'
const isDown = ({active}: UnitFact) => active === 'inactive' || active === 'failed' || active === ''

/** The unit's own file and drop-ins count as files it was started from. */
function ownFile(want: UnitWanted): string {
  return `/etc/systemd/system/${want.name.replace(/@[^.]*\./, '@.')}`
}

const reloadFiles = (want: UnitWanted) => want.reloadAfter ?? []
const restartFiles = (want: UnitWanted) => [...(want.restartAfter ?? []), ownFile(want), `${ownFile(want)}.d`]

function load(want: UnitWanted, have: UnitFact, touched: ReadonlySet<string>): readonly string[] {
  const own = [...touched].some(path => path === ownFile(want) || path.startsWith(`${ownFile(want)}.d/`))
  return have.stale || own ? ['load'] : []
}

interface Known {
  readonly answers: readonly Answer[]
  readonly touched: ReadonlySet<string>
}

function running(want: UnitWanted, have: UnitFact, {answers, touched}: Known): readonly string[] {
  if (!want.running) return isDown(have) ? [] : ['stop']
  if (!isUp(have)) return ['start']
  const [, stamp, ...stats] = answers
  const reloads = reloadFiles(want)
  const newer = (paths: readonly string[], from: number, since: bigint) =>
    paths.some((path, n) => willChange(path, touched) || (statFact(stats[from + n])?.changed ?? 0n) > since)
  if (newer(restartFiles(want), reloads.length, have.since)) return ['restart']
  const loaded = statFact(stamp)?.modified ?? 0n
  return newer(reloads, 0, loaded > have.since ? loaded : have.since) ? ['reload'] : []
}

/** Also a file put into a directory changes the directory. */
function willChange(path: string, touched: ReadonlySet<string>): boolean {
  return touched.has(path) || [...touched].some(other => other.slice(0, other.lastIndexOf('/')) === path)
}

function removal(want: UnitWanted, have: UnitFact): readonly Change[] {
  const verbs = [...(isDown(have) ? [] : ['stop']), ...(isEnabled(have) ? ['disable'] : [])]
  if (verbs.length === 0 && have.active !== 'failed') return []
  return [{of: unit.title(want), what: 'remove', actions: [units(want, [...verbs, 'forget'])]}]
}
