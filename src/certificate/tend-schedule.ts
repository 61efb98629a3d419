/** Renewals are looked for four times an hour, each name at an instant of its own. */
export const tendSchedule = {
  name: 'certificate-tend',
  recurrence: '*/15 * * * *',
  zone: 'UTC',
  runbook: 'certificate-tend',
  input: {},
  catchUp: true,
} as const
