import {html} from '../render/html.ts'
import {render} from '../render/render.ts'
import type {View} from '../terminal/view.ts'
import {french} from './french.ts'
import type {End, Line, Matrix} from './matrix.ts'
import type {Verified} from './verify.ts'

/** The matrix as rows. */
export function matrixRows({items}: Matrix): View {
  return {
    heads: ['kind', 'from', 'to', 'port', 'reason', 'rule'],
    rows: items.map(each => [
      {text: each.kind, tone: each.kind === 'derived' ? 'warn' : 'plain'},
      endText(each.from),
      endText(each.to),
      `${each.protocol} ${each.port}`,
      each.reason,
      each.rule,
    ]),
  }
}

/** The same as a page for the customer, complete in itself. */
export function matrixPage(matrix: Matrix, locale: 'fr' | 'en'): string {
  const words = spoken[locale]
  const kinds = (['baseline', 'derived', 'platform'] as const).map(kind => ({
    title: words[kind],
    lines: matrix.items.filter(each => each.kind === kind).map(each => cells(each, locale)),
  }))
  const title = `${words.title}${matrix.environment ? ` – ${matrix.environment}` : ''}`
  return render('document/flow.html', {
    ...{locale, title: html(title), heads: words.heads, closing: words.closing},
    groups: kinds.filter(({lines}) => lines.length > 0),
  })
}

const spoken = {
  en: {
    title: 'Flow matrix',
    baseline: 'Of the contract',
    derived: 'For what you have ordered',
    platform: 'Of the platform itself',
    heads: ['From', 'To', 'Port', 'Why', 'Rule'],
    closing: 'Nothing else is open: what has no line here is refused by every host.',
  },
  fr: {
    title: 'Matrice de flux',
    baseline: 'Du contrat',
    derived: 'Pour vos options',
    platform: 'De la plate-forme elle-même',
    heads: ['Source', 'Destination', 'Port', 'Raison', 'Règle'],
    closing: "Rien d'autre n'est ouvert : ce qui n'a pas de ligne ici est refusé par chaque serveur.",
  },
} as const

const endText = ({party, who}: End): string => (who.length === 0 ? party : `${party} (${who.join(', ')})`)

function cells({from, to, protocol, port, reason, rule}: Line, locale: 'fr' | 'en'): readonly string[] {
  const say = (text: string) => (locale === 'fr' ? (french[text] ?? text) : text)
  // A host's name is never broken in two.
  const named = (who: End['who']) => who.map(each => `<span>${html(each)}</span>`).join(', ')
  const end = ({party, who}: End) => `${html(say(party))}${who.length === 0 ? '' : ` (${named(who)})`}`
  return [end(from), end(to), ...[`${protocol} ${say(port)}`, say(reason), rule].map(html)]
}

/** What was tried, and what came out otherwise than the matrix says. */
export function verifiedView({tried, passed, refused, dropped, scanned = 0, items}: Verified, well: boolean): View {
  const scan = scanned > 0 ? `; ${scanned} ports scanned from outside` : ''
  const sum = `${tried} connections tried: ${passed} are to pass, ${refused} must not; firewalls dropped ${dropped} packets meanwhile${scan}`
  if (items.length === 0)
    return [
      well ? `${sum}. All is as the matrix says.` : `${sum}, fewer than were refused: something else refused them.`,
    ]
  return [
    {
      heads: ['from', 'to', 'address and port', 'expected', 'found', 'rule'],
      rows: items.map(each => [
        each.from,
        each.to,
        each.target,
        each.expected,
        {text: each.found, tone: 'bad'},
        each.rule,
      ]),
    },
    sum,
  ]
}
