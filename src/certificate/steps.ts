export {asciiName} from './name.ts'
export {environmentOfName} from './serving.ts'
export {scanSchedule, tendSchedule} from './tend-schedule.ts'
