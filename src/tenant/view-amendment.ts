import {stepTable} from '../runbook/view.ts'
import type {View} from '../terminal/view.ts'
import type {Amendment} from './amend.ts'

/** What differs, field by field; with `steps` it is a plan, with `run` it was done, with neither it was so before. */
export function contractUpdated(
  {tenant, differences, next}: Amendment,
  how: {readonly steps?: readonly {readonly name: string}[]; readonly run?: string | undefined},
) {
  const names = how.steps?.map(({name}) => name)
  const changed = how.run !== undefined
  const result = {
    ...{tenant, changed, differences, next},
    ...(names ? {steps: names} : {}),
    ...(how.run === undefined ? {} : {run: how.run}),
  }
  const table: View = {
    heads: ['field', 'before', 'after'],
    rows: differences.map(({field, before, after}) => [field, shown(before), shown(after)]),
    empty: `The contract of ${tenant} is that already; nothing ${how.steps ? 'would be' : 'was'} changed.`,
  }
  const steps: View = stepTable(names ?? [])
  const said = changed ? [`The contract of ${tenant} is updated.`] : []
  const view: View = [...said, table, ...(names?.length ? [steps] : []), ...next.map(line => `→ ${line}`)]
  return {result, view}
}

function shown(text: string | undefined): string {
  return text === undefined ? '–' : text.replaceAll('\n', ' ')
}
