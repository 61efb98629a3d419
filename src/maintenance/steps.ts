export {activitySchedule} from './activity-schedule.ts'
export {announce} from './plan.ts'
