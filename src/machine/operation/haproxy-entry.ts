import type {HaproxyEntryWanted} from '../haproxy.ts'
import type {Change, Operation} from '../model.ts'
import {said, saying, telling} from './haproxy.ts'

/** A line of a map or a crt-list in the running HAProxy; where none runs, the assembled file alone counts. */
export const haproxyEntry: Operation<HaproxyEntryWanted> = {
  kind: 'haproxy-entry',
  title: want => `haproxy-entry ${want.path} ${want.key}`,
  questions: ({list, path, key}) => [
    list === 'map' ? saying(`get map ${path} ${key}`) : saying(`show ssl crt-list -n ${path}`, ` ${key}`),
  ],
  compare(want, [answer]) {
    const lines = said(answer)
    if (lines === undefined) return []
    return want.list === 'map' ? compareMap(want, lines) : compareList(want, lines)
  },
}

function compareMap(want: HaproxyEntryWanted, lines: readonly string[]): readonly Change[] {
  const {path, key, value} = want
  const have = /found=yes.*, value="([^"]*)"/.exec(lines.join('\n'))?.[1]
  if (want.absent) return have === undefined ? [] : [change(want, 'remove', [[`del map ${path} ${key}`, '^$']])]
  if (have === value) return []
  const verb = have === undefined ? 'add' : 'set'
  return [
    change(want, have === undefined ? 'add' : `${have} → ${value}`, [[`${verb} map ${path} ${key} ${value}`, '^$']]),
  ]
}

function compareList(want: HaproxyEntryWanted, lines: readonly string[]): readonly Change[] {
  const {path, key, value} = want
  const entries = lines.flatMap(line => {
    const [, certificate, number, name] = /^(\S+):(\d+) (\S+)$/.exec(line) ?? []
    return name === key ? [{certificate, number}] : []
  })
  const wrong = entries.filter(({certificate}) => want.absent || certificate !== value)
  const missing = !want.absent && wrong.length === entries.length
  const commands: [string, string][] = [
    ...(missing ? [[`add ssl crt-list ${path} <<\n${value} ${key}\n`, 'Success!'] as [string, string]] : []),
    ...wrong.map((one): [string, string] => [`del ssl crt-list ${path} ${one.certificate}:${one.number}`, 'deleted']),
  ]
  return commands.length === 0 ? [] : [change(want, missing ? 'add' : 'remove', commands)]
}

function change(want: HaproxyEntryWanted, what: string, commands: readonly [string, string][]): Change {
  return {of: haproxyEntry.title(want), what, actions: [telling(...commands)]}
}
