import type {Asked, LedgerFacts, Reason, RuleId} from './model.ts'
import type {Objection} from './rules.ts'

/** Makes sentences in one language, with times as clocks of one zone show them. */
export interface Words {
  reason(objection: Objection, asked: Asked): Reason
  /** `lundi 28 décembre 2026 à 00:00 (Europe/Paris)` */
  moment(instant: number): string
}

const sources: Readonly<Record<RuleId, string>> = {
  freeze: 'R166, R167',
  range: 'R164',
  slot: 'R147',
  notice: 'R165',
  budget: 'R160, R210',
  trial: 'R038, R040, R041',
  validation: 'R144',
  event: 'issue 5 §1',
  overlap: 'R165',
  run: 'R134',
}

type Facts = Readonly<Record<string, number | string>>
type Sentence = (facts: Facts, moment: (instant: number | string | undefined) => string) => string

/** The words for a tenant. */
export function wordsOf({locale, zone}: Pick<LedgerFacts, 'locale' | 'zone'>): Words {
  let format: Intl.DateTimeFormat | undefined
  const moment = (instant: number | string | undefined) => {
    format ??= new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
      timeZone: zone.name,
      dateStyle: 'full',
      timeStyle: 'short',
    })
    return `${format.format(Number(instant))} (${zone.name})`
  }
  return {
    moment,
    reason: ({rule, say, facts = {}}, asked) => {
      const sentence = sentences[locale][`${rule} ${say}`]
      const from = people[locale][rule]
      const needed = from === undefined ? {} : {from}
      const text = sentence?.({...facts, environment: asked.environment}, moment) ?? `${rule} ${say}`
      return {rule, source: sources[rule], sentence: text, ...needed}
    },
  }
}

const people: Readonly<Record<'fr' | 'en', Readonly<Partial<Record<RuleId, string>>>>> = {
  en: {
    freeze: 'two operators: selfhelp override request --rule freeze',
    slot: "the customer's contact with the role decision",
    notice: 'the CMC, by a notice the mail server accepts for every contact: selfhelp maintenance plan',
    budget: 'two operators: selfhelp override request --rule budget',
    trial: 'the CMC, by a trial on another environment, or a waiver: --no-test-env',
    validation: "the customer's contact, by validating or rejecting",
    event: 'whoever settles it: selfhelp event list',
  },
  fr: {
    freeze: 'deux opérateurs : selfhelp override request --rule freeze',
    slot: 'le contact du client ayant le rôle decision',
    notice: 'le CMC, par un avis accepté pour chaque contact : selfhelp maintenance plan',
    budget: 'deux opérateurs : selfhelp override request --rule budget',
    trial: 'le CMC, par un essai sur un autre environnement, ou une dérogation : --no-test-env',
    validation: 'le contact du client, qui valide ou rejette',
    event: 'qui règle le constat : selfhelp event list',
  },
}

const hours = (minutes: number | string | undefined) => `${Math.round(Number(minutes) / 6) / 10} h`
const because = ({why}: Facts) => (why === undefined ? '' : ` (${why})`)

const sentences: Readonly<Record<'fr' | 'en', Readonly<Record<string, Sentence>>>> = {
  en: {
    'freeze annual': (f, at) => `The annual freeze protects production until ${at(f.until)}.`,
    'freeze customer': (f, at) => `The customer declared a freeze until ${at(f.until)}${because(f)}.`,
    'freeze vendor': (f, at) => `All production platforms are locked until ${at(f.until)}${because(f)}.`,
    'freeze fixes': (f, at) =>
      `${f.fixes} fixes were made in this freeze, which allows ${f.most}; it lasts until ${at(f.until)}.`,
    'range outside': (f, at) =>
      `From ${at(f.from)} to ${at(f.until)} is not within the ranges of maintenance: 22:00 to 06:00, or Saturday.`,
    'range window': (f, at) => `From ${at(f.from)} to ${at(f.until)} is on none of the customer's maintenance dates.`,
    'slot agreed': () => 'The customer has not agreed on this date and time.',
    'notice ahead': (f, at) => `The notice must be accepted by ${at(f.last)}, ${f.hours} h ahead.`,
    'notice first': () => 'The notice must be accepted before it starts.',
    'notice missing': f => `No notice was accepted for every contact ${f.hours} h ahead.`,
    'budget commitment': f =>
      `With it, maintenance takes ${hours(f.minutes)} of this month: more than the ${hours(f.commitment)} promised.`,
    'budget most': f =>
      `With it, maintenance takes ${hours(f.minutes)} of this month: more than the ${hours(f.most)} there are.`,
    'trial first': () => 'It must be tried on another environment first.',
    'validation running': (f, at) => `The customer has been validating ${f.what} on it since ${at(f.since)}.`,
    'event open': f => `A finding is open: ${f.kind} of ${f.subject}.`,
    'overlap other': (f, at) => `Operation ${f.id} is planned there until ${at(f.until)}.`,
    'run ends': f => `Run ${f.id} (${f.title}) must have ended.`,
  },
  fr: {
    'freeze annual': (f, at) => `La période de gel annuelle protège la production jusqu'au ${at(f.until)}.`,
    'freeze customer': (f, at) => `Le client a déclaré un gel jusqu'au ${at(f.until)}${because(f)}.`,
    'freeze vendor': (f, at) =>
      `Toutes les plates-formes de production sont verrouillées jusqu'au ${at(f.until)}${because(f)}.`,
    'freeze fixes': (f, at) =>
      `${f.fixes} correctifs ont été appliqués pendant ce gel, qui en permet ${f.most} ; il dure jusqu'au ${at(f.until)}.`,
    'range outside': (f, at) =>
      `Du ${at(f.from)} au ${at(f.until)} n'est pas dans les plages de maintenance : 22:00 à 06:00, ou le samedi.`,
    'range window': (f, at) =>
      `Du ${at(f.from)} au ${at(f.until)} ne correspond à aucune des dates de maintenance du client.`,
    'slot agreed': () => "Le client n'a pas donné son accord pour cette date et cette heure.",
    'notice ahead': (f, at) => `L'avis doit être accepté avant le ${at(f.last)}, soit ${f.hours} h à l'avance.`,
    'notice first': () => "L'avis doit être accepté avant le début.",
    'notice missing': f => `Aucun avis n'a été accepté pour chaque contact ${f.hours} h à l'avance.`,
    'budget commitment': f =>
      `La maintenance prendrait ${hours(f.minutes)} ce mois-ci : plus que les ${hours(f.commitment)} promises.`,
    'budget most': f =>
      `La maintenance prendrait ${hours(f.minutes)} ce mois-ci : plus que les ${hours(f.most)} prévues.`,
    'trial first': () => "Ce changement doit d'abord être essayé sur un autre environnement.",
    'validation running': (f, at) => `Le client y valide ${f.what} depuis le ${at(f.since)}.`,
    'event open': f => `Un constat est ouvert : ${f.kind} de ${f.subject}.`,
    'overlap other': (f, at) => `L'opération ${f.id} y est planifiée jusqu'au ${at(f.until)}.`,
    'run ends': f => `L'exécution ${f.id} (${f.title}) doit être terminée.`,
  },
}
