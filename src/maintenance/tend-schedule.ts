/** Each minute: what is planned for now is begun. */
export const tendSchedule = {
  name: 'maintenance-tend',
  recurrence: '* * * * *',
  zone: 'UTC',
  runbook: 'maintenance-tend',
  input: {},
  catchUp: false,
} as const
