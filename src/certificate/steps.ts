export {tendSchedule} from './tend-schedule.ts'
