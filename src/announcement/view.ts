import type {View} from '../terminal/view.ts'
import type {Announced} from './announce.ts'

/** Who was told, and whether the platform comes later than customers' own installations. */
export function announcedView({version, onPremise, saas, lateDays, items}: Announced): View {
  const late = lateDays > 0 ? {text: `${lateDays} days later than on premise`, tone: 'bad' as const} : 'not later'
  return [
    {fields: {release: version, 'on premise': onPremise, saas, late}},
    {
      heads: ['tenant', 'notice', 'trouble'],
      rows: items.map(({tenant, notice, trouble}) => [
        tenant,
        notice,
        trouble === undefined ? undefined : {text: trouble, tone: 'bad' as const},
      ]),
      empty: 'Every tenant has it already.',
    },
  ]
}
