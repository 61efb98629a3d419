/** Every five minutes: pages say what is planned, who was asked is reminded, what takes too long is a finding. */
export const tendSchedule = {
  name: 'migration-tend',
  recurrence: '*/5 * * * *',
  zone: 'UTC',
  runbook: 'migration-tend',
  input: {},
  catchUp: true,
} as const
