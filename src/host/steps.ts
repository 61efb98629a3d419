export {type Checkup, checkup} from './checkup.ts'
export {
  type Behind,
  backendFile,
  backendName,
  certificateCheck,
  edgeAssembled,
  edgeFiles,
  edgeFolders,
  edgeUnit,
  freeBackend,
  usedBackend,
} from './edge.ts'
export {overHosts} from './fleet.ts'
export {fleetOf} from './list.ts'
export {anchorPin} from './pinned.ts'
export {refillSchedule} from './refill.ts'
export {ticketSchedule} from './ticket-keys.ts'
export {firewall} from './wanted.ts'
export type {Ways} from './ways.ts'
