export {asciiName} from './name.ts'
export {environmentOfName} from './serving.ts'
export {tendSchedule} from './tend-schedule.ts'
