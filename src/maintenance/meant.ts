import {Refusal} from '../error.ts'
import {environmentsOn, hosts} from '../ledger/host.ts'
import type {Queries} from '../ledger/ledger.ts'

export interface Meant {
  readonly environment?: string | undefined
  readonly host?: string | undefined
  readonly site?: string | undefined
}

/** The environments that are meant: one, those on a host, those on a site. Throws `Refusal('input-invalid')`. */
export async function meantEnvironments(q: Queries, {environment, host, site}: Meant): Promise<readonly string[]> {
  if ([environment, host, site].filter(each => each !== undefined).length !== 1) {
    throw new Refusal('input-invalid', 'Name one environment, or one --host, or one --site.', {
      remedies: ['selfhelp maintenance plan --help'],
    })
  }
  if (environment !== undefined) return [environment]
  const names = host === undefined ? (await hosts(q)).filter(each => each.site === site).map(({name}) => name) : [host]
  const found = await Promise.all(names.map(name => environmentsOn(q, name)))
  return [...new Set(found.flat())].sort()
}
