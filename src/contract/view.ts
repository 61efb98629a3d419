import type {View} from '../terminal/view.ts'
import {type Contract, missingStudy, subscribed} from './model.ts'

/** A valid contract in a few lines. */
export function contractView(contract: Contract): View {
  const missing = missingStudy(contract)
  const environments = subscribed(contract).map(name => `${name} (${contract.environments[name]?.topology})`)
  return {
    fields: {
      tenant: contract.tenant,
      'legal name': contract.legalName,
      'in force': `${contract.start} to ${contract.end}, ${contract.timeZone}`,
      residency: contract.residency.join(', '),
      sites: [contract.sites.primary, contract.sites.secondary].filter(Boolean).join(', '),
      environments: environments.join(', '),
      contacts: contract.contacts.map(({id, roles}) => `${id} (${roles.join(', ')})`).join(', '),
      study: missing.length === 0 ? 'complete' : `missing before the hand-over: ${missing.join(', ')}`,
    },
  }
}
