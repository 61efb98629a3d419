export {listVpns, vpnNamesOf} from './list.ts'
export {planVpn} from './plan.ts'
export {refuseUnreachable} from './reach.ts'
