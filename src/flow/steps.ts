export {type Configured, configured} from './configured.ts'
export {innerOf, renamed, seen} from './link.ts'
export {
  holds,
  isPrivate,
  lastOf,
  type Network,
  network,
  networkText,
  overlap,
  parseNetwork,
  reserved,
} from './network.ts'
export {ruleset} from './ruleset.ts'
export {askers} from './table.ts'
