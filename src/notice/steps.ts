export {enqueueNotice} from './enqueue.ts'
export {type CalendarEntry, calendarFile} from './ics.ts'
