export {listVpns} from './list.ts'
export {type Reachability, refuseUnreachable, vpnRequired} from './reach.ts'
