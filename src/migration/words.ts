import type {Temporal} from 'temporal-polyfill'

/** What pages say ahead, in both languages, on the clocks of the tenant. */
export function bannerOf({timeZone, from, until}: {timeZone: string; from: Temporal.Instant; until: Temporal.Instant}) {
  const words = (locale: string, at: Temporal.Instant) =>
    new Intl.DateTimeFormat(locale, {timeZone, dateStyle: 'long', timeStyle: 'short'}).format(at.epochMilliseconds)
  return {
    fr: `Mise à jour de Self Help : la plate-forme peut être fermée entre le ${words('fr-FR', from)} et le ${words('fr-FR', until)} (${timeZone}).`,
    en: `Update of Self Help: the platform may be closed between ${words('en-GB', from)} and ${words('en-GB', until)} (${timeZone}).`,
    until: until.toString({smallestUnit: 'second'}),
  }
}
