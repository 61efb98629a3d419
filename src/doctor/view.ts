import type {Tone} from '../terminal/paint.ts'
import type {View} from '../terminal/view.ts'
import type {Finding, Health} from './model.ts'

/** What is not as it should be with its remedies, then how much was looked at. */
export function healthRows({items, differences, warnings}: Health, all: boolean): View {
  const shown = items.filter(({state}) => all || state !== 'fine')
  return [
    {
      heads: ['check', 'about', 'state', 'expected', 'found', 'remedy'],
      rows: shown.map(each => [
        ...[each.check, each.subject, {text: each.state, tone: tones[each.state]}],
        ...[each.expected, each.found, each.remedy],
      ]),
    },
    `${items.length} looked at, ${differences} differ, ${warnings} to know`,
  ]
}

const tones: Readonly<Record<Finding['state'], Tone>> = {fine: 'good', warning: 'warn', difference: 'bad'}
