import {asEnvironment, type Environment} from '../environment/model.ts'
import {type DomainRow, domains} from '../ledger/domain.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {DomainShown} from './model.ts'

/** Names that customers brought along. */
export async function listDomains(ledger: Ledger, tenant?: string): Promise<{items: readonly DomainShown[]}> {
  const [rows, environments] = await Promise.all([domains(ledger, tenant), environmentsOf(ledger, tenant)])
  const items = rows.flatMap(row => {
    const environment = environments.find(({id}) => id === row.id)
    return environment ? [shownDomain(row, asEnvironment(environment))] : []
  })
  return {items}
}

/** A name with the record that the customer must have. */
export function shownDomain(row: DomainRow, {hostnames}: Pick<Environment, 'hostnames'>): DomainShown {
  const {name, tenant, environment, face, verifiedAt, notAfter} = row
  const record = {name, type: 'CNAME', value: hostnames[face]} as const
  return {
    ...{name, tenant, environment, face, record},
    ...(verifiedAt ? {verifiedAt} : {}),
    ...(notAfter ? {certificateUntil: notAfter} : {}),
  }
}
