/** What a field of a contract means, what it may hold, and what to do when it does not. */
export interface Field {
  readonly means: string
  readonly expected: string
  readonly remedy: string
}

/** Every field by its path; `*` stands for a name, `[]` for a place in a list. The schema, its errors and its page read it. */
export const fields: Readonly<Record<string, Field>> = {
  '': field('The contract of one customer.', 'a mapping of the fields of a contract', 'Start from examples/acme.yaml.'),
  tenant: field(
    'The label of the customer; part of every name (R009).',
    '2 to 24 of a–z, 0–9 and single dashes, beginning with a letter',
    'Use plain lower-case ASCII letters: the label becomes a host name.',
  ),
  legalName: field(
    'The name the customer signs with.',
    'one line of 1 to 200 printable characters',
    'Give the name as it stands on the signed contract.',
  ),
  locale: field('The language of pages and documents.', 'fr or en', 'Write fr or en.'),
  timeZone: field(
    "The zone of the customer's calendar.",
    'a name of the IANA time zone database',
    'Write it as in Europe/Paris.',
  ),
  start: day('The first day of the contract.'),
  end: day('The last day of the contract; after `start`.'),
  residency: field(
    'The countries data may be kept in: primary site, secondary site and repository (R246).',
    'a list of at least one country, each once',
    'Write a list of ISO 3166-1 codes, as in [FR].',
  ),
  'residency[]': field('A country.', 'an ISO 3166-1 code of two capital letters', 'Write the code, as in FR or DE.'),
  sites: field('Where the platform stands.', 'a mapping with `primary`', 'Write sites: {primary: SITE}.'),
  'sites.primary': site('The site that serves.'),
  'sites.secondary': site('The site that takes over; may be left out.'),
  environments: field(
    'What is subscribed besides production (R037).',
    'a mapping with `production`, and `qualification`, `test` or `training` where subscribed',
    'Write environments: {production: {topology: single}}.',
  ),
  'environments.*': field('One environment.', 'a mapping with `topology`', 'Write {topology: single}.'),
  'environments.*.topology': field(
    'How its servers are laid out (R008).',
    'single, edition+1 or edition+N',
    'Write topology: single.',
  ),
  storagePacks: field('Extra storage packs (R202).', 'a whole number from 0 to 100', 'Write 0 when none is ordered.'),
  options: field(
    'What was ordered on top.',
    'a mapping with `ownDomain`, `vpn` and `monthlyTransfer`',
    'Write options: {ownDomain: false, vpn: none, monthlyTransfer: false}.',
  ),
  'options.ownDomain': flag('A domain of their own (R027).'),
  'options.vpn': field('A VPN pack (R092, R093).', 'none, ipsec or private', 'Write vpn: none when none is ordered.'),
  'options.monthlyTransfer': flag("A monthly copy to the customer's server (R232)."),
  'options.certificateDays': field(
    'The most days a certificate below a root of their own may last (R028); those of public authorities have limits of theirs.',
    'a whole number of days from 1 to 3660',
    'Leave it out for no limit.',
  ),
  calendar: field(
    'What is stricter for this customer than the rules of maintenance (R160–R167); never looser. May be left out.',
    'a mapping of noticeHours, monthlyMinutes, fixesPerFreeze, ranges and dates',
    'Write only what was agreed, as in calendar: {noticeHours: 120}.',
  ),
  'calendar.noticeHours': field(
    'How long ahead maintenance is announced.',
    'a whole number of hours from 72 to 720',
    'Leave it out for 72.',
  ),
  'calendar.monthlyMinutes': field(
    'How much maintenance there is in a month before two people decide.',
    'a whole number of minutes from 0 to 120',
    'Leave it out for 120.',
  ),
  'calendar.fixesPerFreeze': field(
    'How many fixes a freeze allows.',
    'a whole number from 0 to 3',
    'Leave it out for 3.',
  ),
  'calendar.ranges': field(
    'The only times of a week for maintenance; night and Saturday hold besides (R164).',
    'a list of at least one time',
    'Write ranges: [tuesday 22:00-02:00].',
  ),
  'calendar.ranges[]': field(
    'A time of a week.',
    'a day or `daily`, and two times of day with a dash',
    'Write it as in tuesday 22:00-02:00.',
  ),
  'calendar.dates': field(
    'The only dates for maintenance; night and Saturday hold besides.',
    'a list of at least one recurrence',
    'Write dates: ["FREQ=MONTHLY;BYDAY=3TU 22:00 4h"].',
  ),
  'calendar.dates[]': field(
    'Dates that come again.',
    'an RRULE of RFC 5545, a time of day, and a number of hours',
    'Every third Tuesday is FREQ=MONTHLY;BYDAY=3TU 22:00 4h.',
  ),
  masking: field(
    'What nobody is to recognise in copies of production (R139). May be left out.',
    'a list of at least one of accounts and feedback, each once',
    'Write masking: [accounts, feedback].',
  ),
  'masking[]': field(
    'accounts: addresses and names of people become numbers, and no password comes along; feedback: what people answered goes.',
    'accounts or feedback',
    'Choose one of the two.',
  ),
  study: field(
    'The specific study (R002). Fields may come later, but the hand-over waits for all of them.',
    'a mapping of architecture, authentication, mail, vpn, flows and sizing',
    'Write a sentence for each field that is known.',
  ),
  'study.*': field(
    'One chapter of the study.',
    'text of 1 to 4000 printable characters',
    'Write what was agreed, or leave the field out.',
  ),
  contacts: field('The people who speak for the customer.', 'a list of 1 to 100 contacts', 'Name at least one person.'),
  'contacts[]': field(
    'One person.',
    'a mapping with `id`, `name`, `email`, `language` and `roles`',
    'Write {id: jdoe, name: Jane Doe, email: jane.doe@acme.test, language: fr, roles: [operations]}.',
  ),
  'contacts[].id': field(
    'The short name `--by` takes; once per contract.',
    '2 to 32 of a–z, 0–9 and dashes, beginning with a letter',
    'Use plain lower-case ASCII letters, as in jdoe.',
  ),
  'contacts[].name': field(
    'The name of the person.',
    'one line of 1 to 200 printable characters',
    'Give first and last name.',
  ),
  'contacts[].email': field(
    'Where notices go.',
    'one e-mail address in plain ASCII',
    'Write it as in jane.doe@acme.test, without a name around it.',
  ),
  'contacts[].language': field('The language of their mail.', 'fr or en', 'Write fr or en.'),
  'contacts[].roles': field(
    'What the person may do.',
    'a list of at least one role, each once',
    'Write roles: [operations].',
  ),
  'contacts[].roles[]': field(
    'operations gets notices; security is told of incidents; decision asks, agrees and validates.',
    'operations, security or decision',
    'Choose one of the three.',
  ),
}

/** The row of a place in a contract: `['contacts', 0, 'email']` → `contacts[].email`. */
export function fieldAt(path: readonly PropertyKey[]): Field | undefined {
  const [first, second, ...rest] = path
  const open = (first === 'environments' || first === 'study') && second !== undefined
  return fields[patternOf(open ? [first, '*', ...rest] : path)]
}

function patternOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[]` : text === '' ? String(part) : `${text}.${String(part)}`),
    '',
  )
}

function field(means: string, expected: string, remedy: string): Field {
  return {means, expected, remedy}
}

function day(means: string): Field {
  return field(means, 'a day that exists, as in 2026-12-01', 'Write year, month and day with dashes.')
}

function site(means: string): Field {
  return field(means, 'the name of a site', 'Take a name from `selfhelp site list`.')
}

function flag(means: string): Field {
  return field(means, 'true or false', 'Write true or false, without quotes.')
}
