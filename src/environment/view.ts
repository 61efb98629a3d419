import type {Cell, View} from '../terminal/view.ts'
import {type EnvironmentShown, versionWords} from './model.ts'
import type {EnvironmentForecast} from './plan.ts'

/** A row per environment. */
export function environmentRows({items}: {items: readonly EnvironmentShown[]}): View {
  return {
    heads: ['environment', 'id', 'phase', 'version', 'host', 'url'],
    rows: items.map(({name, id, phase, hosts, url, ...rest}) => {
      return [name, id, phase, versionWords(rest), hosts[0]?.host, url]
    }),
    empty: 'There is no environment yet: selfhelp tenant create NAME --contract FILE',
  }
}

/** A forecast, with the differences of files. */
export function forecastText({items}: {items: readonly EnvironmentForecast[]}): View {
  return items.flatMap((item): View[] => {
    if (!item.ok) return [`${item.environment} on ${item.host}: ${item.error.message}`]
    if (item.changes.length === 0) return [`${item.environment} on ${item.host} is as wanted`]
    const lines = item.changes.flatMap(({of, what, diff}) => [`  ${of}: ${what}`, ...(diff ? [diff.trimEnd()] : [])])
    return [`${item.environment} on ${item.host}, plan ${item.planHash.slice(0, 12)}`, ...lines]
  })
}

/** What differs, a line for each thing; nothing when everything is as wanted. */
export function driftRows({items}: {items: readonly EnvironmentForecast[]}): View {
  return {
    heads: ['environment', 'host', 'thing', 'difference'],
    rows: items.flatMap((item): readonly (readonly Cell[])[] =>
      item.ok
        ? item.changes.map(({of, what}) => [item.environment, item.host, of, {text: what, tone: 'warn'}])
        : [[item.environment, item.host, {text: 'unknown', tone: 'bad'}, item.error.message]],
    ),
    empty: 'Every environment is as wanted.',
  }
}
