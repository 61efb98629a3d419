import {Refusal} from '../error.ts'
import {parseSiteCount, parseSize, type SiteCount} from './model.ts'

/** What `--site` said. Throws a Refusal that names each piece that is no `NAME=COUNT`. */
export function readSites(texts: readonly string[]): {sites?: readonly SiteCount[]} {
  if (texts.length === 0) return {}
  const read = texts.map(text => ({text, count: parseSiteCount(text)}))
  const wrong = read.filter(({count}) => count === undefined).map(({text}) => text)
  if (wrong.length === 0) return {sites: read.flatMap(({count}) => count ?? [])}
  throw new Refusal('input-invalid', `${wrong.map(text => JSON.stringify(text)).join(', ')}: not a site and a count`, {
    remedies: ['Write --site north=2: a name of 1–12 small letters and digits, and 1–60 hosts.'],
  })
}

/** What `--disk` said, in bytes. Throws a Refusal when it is no size, or too small for a Debian host. */
export function readSize(text: string | undefined): {disk?: number} {
  if (text === undefined) return {}
  const disk = parseSize(text)
  if (disk !== undefined && disk >= 64 * 1024 ** 2) return {disk}
  throw new Refusal('input-invalid', `${JSON.stringify(text)} is not a disk size of at least 64M`, {
    remedies: ['Write --disk 4G or --disk 512M.'],
  })
}
