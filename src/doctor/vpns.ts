import {CodedError} from '../error.ts'
import {listVpns, planVpn, vpnNamesOf} from '../vpn/steps.ts'
import {type Check, type Finding, finding, type Patient} from './model.ts'

/** Gateways and the hosts behind them do what was agreed about each VPN, as this version renders it. */
export const vpns: Check = {
  name: 'vpn',
  run: async patient => {
    const {items} = await listVpns(patient.ledger)
    return Promise.all(vpnNamesOf(items).map(name => compared(patient, name)))
  },
}

async function compared(patient: Patient, subject: string): Promise<Finding> {
  const about = {check: 'vpn', subject, expected: 'its hosts are as agreed', remedy: `selfhelp vpn apply ${subject}`}
  try {
    const {items} = await planVpn(patient, subject)
    const [first] = items
    const found = first
      ? `${items.length} to change, the first on ${first.host}: ${first.of}: ${first.what}`
      : 'so they are'
    return finding({...about, found}, first === undefined)
  } catch (error) {
    if (!(error instanceof CodedError) || error.kind === 'bug') throw error
    return finding({...about, found: error.message, remedy: error.remedies[0] ?? about.remedy}, false)
  }
}
