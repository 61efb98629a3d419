import {Temporal} from 'temporal-polyfill'
import {z} from 'zod'
import {across, type Checked, mapping, spanning} from './across.ts'
import {countries} from './country.ts'
import {fieldAt} from './field.ts'
import {contactRoles, locales, maskable, studyFields, topologies} from './model.ts'

const label = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
/** Neither control, format (bidirectional marks, zero widths) nor unassigned characters. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]+$/u
const mailbox =
  /^[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

/** `tuesday 22:00-02:00` */
const weekly =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|daily) (?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/
/** `FREQ=MONTHLY;BYDAY=3TU 22:00 4h` */
const dates =
  /^FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;(?:INTERVAL|BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|WKST)=[A-Z0-9,+-]+)* (?:[01]\d|2[0-3]):[0-5]\d (?:[1-9]|1\d|2[0-4])h$/

const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(printable)
    .refine(text => text.trim() === text)
const day = () =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .refine(text => isDay(text))
const site = () => z.string().max(24).regex(label)
const environment = () => z.strictObject({topology: z.enum(topologies)})
const once = (list: readonly unknown[]) => new Set(list).size === list.length

/** The one schema of a contract: validation, JSON Schema and the page of documentation come from it. */
export const contractSchema = z
  .strictObject({
    tenant: z.string().min(2).max(24).regex(label),
    legalName: line(200),
    locale: z.enum(locales),
    timeZone: z.string().max(64).refine(isZone),
    start: day(),
    end: day(),
    residency: z.array(z.enum(countries)).min(1).max(50).refine(once),
    sites: z.strictObject({primary: site(), secondary: site().optional()}),
    environments: z.strictObject({
      production: environment(),
      qualification: environment().optional(),
      test: environment().optional(),
      training: environment().optional(),
    }),
    storagePacks: z.int().min(0).max(100).default(0),
    options: z
      .strictObject({
        ownDomain: z.boolean().default(false),
        vpn: z.enum(['none', 'ipsec', 'private']).default('none'),
        monthlyTransfer: z.boolean().default(false),
        certificateDays: z.int().min(1).max(3660).optional(),
      })
      .default({ownDomain: false, vpn: 'none', monthlyTransfer: false}),
    calendar: z
      .strictObject({
        noticeHours: z.int().min(72).max(720).optional(),
        monthlyMinutes: z.int().min(0).max(120).optional(),
        fixesPerFreeze: z.int().min(0).max(3).optional(),
        ranges: z.array(z.string().regex(weekly)).min(1).max(20).optional(),
        dates: z.array(z.string().regex(dates)).min(1).max(20).optional(),
      })
      .optional(),
    masking: z.array(z.enum(maskable)).min(1).refine(once).optional(),
    study: z.strictObject(chapters()).default({}),
    contacts: z
      .array(
        z.strictObject({
          id: z.string().min(2).max(32).regex(label),
          name: line(200),
          email: z.string().max(254).regex(mailbox),
          language: z.enum(locales),
          roles: z.array(z.enum(contactRoles)).min(1).refine(once),
        }),
      )
      .min(1)
      .max(100),
  })
  .check(across(endAfterStart), across(secondSite), across(contactsOnce))

/** The JSON Schema (2020-12) of a contract file, for editors; what spans several fields stands in descriptions. */
export function contractJsonSchema(): object {
  return z.toJSONSchema(contractSchema, {
    io: 'input',
    override: ({jsonSchema, path}) => {
      const means = fieldAt(fieldPath(path))?.means
      if (means !== undefined) jsonSchema.description = means
    },
  })
}

function endAfterStart({value, issues}: Checked): void {
  const {start, end} = mapping(value)
  if (isDay(start) && isDay(end) && start >= end) {
    issues.push(spanning(['end'], `a day after ${start}, the start`, 'Correct `start` or `end`.'))
  }
}

function secondSite({value, issues}: Checked): void {
  const {primary, secondary} = mapping(mapping(value).sites)
  if (typeof secondary === 'string' && primary === secondary) {
    const remedy = 'Name another site, or leave `secondary` out.'
    issues.push(spanning(['sites', 'secondary'], 'another site than the primary', remedy))
  }
}

function contactsOnce({value, issues}: Checked): void {
  const {contacts} = mapping(value)
  const ids = Array.isArray(contacts) ? contacts.map(contact => mapping(contact).id) : []
  ids.forEach((id, at) => {
    if (typeof id !== 'string' || ids.indexOf(id) === at) return
    issues.push(spanning(['contacts', at, 'id'], 'an id no other contact has', 'Give each contact an id of its own.'))
  })
}

function chapters() {
  const chapter = z
    .string()
    .min(1)
    .max(4000)
    .refine(text => text.trim() !== '' && !/[^\P{C}\n]/u.test(text))
    .optional()
  return Object.fromEntries(studyFields.map(name => [name, chapter])) as Record<
    (typeof studyFields)[number],
    typeof chapter
  >
}

function isDay(text: unknown): text is string {
  try {
    return typeof text === 'string' && Temporal.PlainDate.from(text).toString() === text
  } catch {
    return false
  }
}

function isZone(text: string): boolean {
  if (!/^(?:UTC|[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z0-9_+-]*)+)$/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', {timeZone: text})
    return true
  } catch {
    return false
  }
}

/** A place in a JSON Schema as a place in a contract: after `properties` comes a name, `items` is any place in a list. */
function fieldPath([word, ...rest]: readonly (string | number)[]): PropertyKey[] {
  if (word === 'items') return [0, ...fieldPath(rest)]
  const [name, ...more] = rest
  return word === 'properties' && name !== undefined ? [name, ...fieldPath(more)] : []
}
