export {refuseUnreachable, vpnRequired} from './reach.ts'
